// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import type { Device } from "../spec/types.ts";
import { defaultDevices, planDevices } from "./devices.ts";
import { reported } from "./testing.ts";
import type { DevicePlan } from "./types.ts";

function plan(devices: Device[] | undefined, setUpDev = true) {
  let result: readonly DevicePlan[] = [];
  const messages = reported((report) => {
    result = planDevices(devices, setUpDev, report);
  });
  return { ...messages, plan: result };
}

t.test("the default devices are always there", async (t) => {
  t.same(
    plan(undefined).plan.map((device) => `${device.path} ${device.major}:${device.minor}`),
    ["/dev/null 1:3", "/dev/zero 1:5", "/dev/full 1:7", "/dev/random 1:8", "/dev/urandom 1:9", "/dev/tty 5:0"],
  );
  t.same(plan([], false).plan, []);
});

t.test("a device of the config is normalized, and the later of two with one path counts", async (t) => {
  const { plan: devices, refused } = plan([
    { path: "/dev/./fuse", type: "u", major: 10, minor: 229, fileMode: 0o20660, uid: 1, gid: 2 },
    { path: "/dev/pipe", type: "p" },
    { path: "/dev/null", type: "c", major: 1, minor: 3, fileMode: 0o600 },
    { path: "/opt/disk", type: "b", major: 8, minor: 0 },
  ]);
  t.same(refused, []);
  t.equal(devices.length, defaultDevices.length + 3);
  const by = (path: string): DevicePlan | undefined => devices.find((device) => device.path === path);
  t.same(by("/dev/fuse"), { type: "c", path: "/dev/fuse", major: 10, minor: 229, mode: 0o660, uid: 1, gid: 2 });
  t.same(by("/dev/pipe"), { type: "p", path: "/dev/pipe", major: 0, minor: 0, mode: 0o666, uid: 0, gid: 0 });
  t.equal(by("/dev/null")?.mode, 0o600);
  t.equal(by("/opt/disk")?.type, "b");
});

t.test("nothing is made in a /dev that is bind-mounted", async (t) => {
  const result = plan(
    [
      { path: "/dev/fuse", type: "c", major: 10, minor: 229 },
      { path: "/opt/fuse", type: "c", major: 10, minor: 229 },
    ],
    false,
  );
  t.same(
    result.plan.map((device) => device.path),
    ["/opt/fuse"],
  );
  t.same(result.warned, ["linux.devices[0]: /dev/fuse is not made, because /dev is a bind mount"]);
});

t.test("devices that are refused", async (t) => {
  const good = { path: "/dev/x", type: "c", major: 1, minor: 1 };
  const cases: [Partial<Device>, string][] = [
    [{ path: "dev/x" }, 'linux.devices[0].path: is "dev/x", and must be an absolute path'],
    [{ type: "a" } as object, 'linux.devices[0].type: is "a", and must be "c", "u", "b" or "p"'],
    [{ major: -1 }, "linux.devices[0].major: is -1, and must be 0 to 4095"],
    [{ minor: 1048576 }, "linux.devices[0].minor: is 1048576, and must be 0 to 1048575"],
  ];
  for (const [change, refused] of cases) t.same(plan([{ ...good, ...change } as Device]).refused, [refused]);
  t.same(plan([{ path: "/dev/x", type: "c" } as Device]).refused, [
    'linux.devices[0].major: is missing, and only a device of type "p" needs none',
    'linux.devices[0].minor: is missing, and only a device of type "p" needs none',
  ]);
});
