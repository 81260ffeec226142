// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import type { NetDevice } from "../spec/types.ts";
import { planNetDevices } from "./net-devices.ts";
import { hostFacts, isolations, reported } from "./testing.ts";

function refused(devices: Record<string, NetDevice>, network: string | undefined = "", euid = 0): string[] {
  const own = isolations(network === "host" ? {} : { network });
  return reported((report) => planNetDevices(devices, own, hostFacts({ euid }), report)).refused;
}

t.test("devices move into the container's own network", async (t) => {
  t.same(refused({ eth0: {}, eth1: { name: "net%d" }, eth2: { name: "net%d" }, eth3: { name: "" } }), []);
  t.same(refused({ eth0: {} }, "/run/netns/a"), []);
  t.same(refused({}, "host", 1000), []);
});

t.test("devices that are refused", async (t) => {
  const shared = "linux.netDevices: is given, and the container shares the host's network namespace";
  t.same(refused({ eth0: {} }, "host"), [shared]);
  t.same(refused({ eth0: {} }, "/proc/1/ns/network"), [shared]);
  t.same(refused({ eth0: {} }, "", 1000), ["linux.netDevices: is given, and moving a network device needs root on the host"]);
  const cases: [Record<string, NetDevice>, string][] = [
    [{ "": {} }, 'linux.netDevices[""]: is the name of a device, and must be a name, not "", "." or ".."'],
    [{ e: { name: "a/b" } }, 'linux.netDevices["e"].name: is "a/b", and must not contain "/", ":", spaces or control characters'],
    [{ e: { name: "a:b" } }, 'linux.netDevices["e"].name: is "a:b", and must not contain "/", ":", spaces or control characters'],
    [{ e: { name: "a b" } }, 'linux.netDevices["e"].name: is "a b", and must not contain "/", ":", spaces or control characters'],
    [
      { e: { name: "a234567890123456" } },
      'linux.netDevices["e"].name: is "a234567890123456", and must have 15 characters at most, not 16',
    ],
    [{ a: { name: "x" }, b: { name: "x" } }, 'linux.netDevices["b"].name: is "x", which another device is to be called'],
  ];
  for (const [devices, message] of cases) t.same(refused(devices), [message]);
});
