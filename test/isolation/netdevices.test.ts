// SPDX-License-Identifier: Apache-2.0
// @lanes host
/** Network devices that are moved into the container. */
import t from "tap";
import { container, must } from "../lib/container.ts";
import { isRunt, unless } from "../lib/lane.ts";
import { addDevice, canAddDevices } from "../lib/network.ts";
import { run } from "../lib/run.ts";

const usable = isRunt && canAddDevices();
const skip = unless(usable, isRunt ? "no network device can be made here" : "the reference is older");

t.test("a device is moved with its address, under a new name, and up", { skip }, (t) => {
  addDevice("rt0");
  const c = container(t, (config) => (config.linux["netDevices"] = { rt0: { name: "inside0" } }));
  c.startSleeping();
  const shown = must(c.exec(["ip", "addr", "show", "dev", "inside0"])).stdout;
  t.match(shown, /10\.99\.7\.1\/24/);
  t.match(shown, /mtu 1400/);
  t.match(shown, /[<,]UP[,>]/);
  t.not(run(["ip", "link", "show", "rt0"]).code, 0, "it is gone from outside");
  t.end();
});

t.test("a device without a new name keeps its own", { skip }, (t) => {
  addDevice("rt1");
  const c = container(t, (config) => (config.linux["netDevices"] = { rt1: {} }));
  t.match(c.sh("ip link show dev rt1").stdout, /rt1/);
  t.end();
});

t.test("a device that does not exist, or a name that cannot be, is an error", { skip }, (t) => {
  for (const devices of [{ nosuchdev: {} }, { lo: { name: "much-too-long-a-name" } }, { lo: { name: "a/b" } }]) {
    const c = container(t, (config) => (config.linux["netDevices"] = devices));
    const result = c.create();
    t.equal(result.code, 1, JSON.stringify(devices));
    t.match(result.stderr, /nosuchdev|lo|name/);
    t.equal(c.status(), "none");
  }
  t.end();
});
