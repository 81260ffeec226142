// SPDX-License-Identifier: Apache-2.0
// @lanes host v2
/** config-linux.md, "Devices", "Default Devices" and "Allowed Device list". */
import { existsSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { mapUsers } from "../lib/config.ts";
import { container, must } from "../lib/container.ts";
import type { Container } from "../lib/container.ts";
import { mountOn } from "../lib/kernel.ts";
import { agent, isRunt, unless } from "../lib/lane.ts";
import { Background, eventually, run } from "../lib/run.ts";

t.test("a device of the config is there at its path, in /dev or elsewhere", (t) => {
  const c = container(t, (config) => {
    config.linux.devices = [
      { path: "/dev/mine", type: "c", major: 1, minor: 5 },
      { path: "/opt/deep/zero", type: "c", major: 1, minor: 5, fileMode: 0o640, uid: 7, gid: 8 },
      { path: "/opt/pipe", type: "p" },
    ];
  });
  const result = c.sh("stat -c '%n %F %t,%T' /dev/mine /opt/deep/zero /opt/pipe; stat -c '%a %u:%g' /opt/deep/zero");
  t.equal(
    result.stdout,
    "/dev/mine character special file 1,5\n/opt/deep/zero character special file 1,5\n/opt/pipe fifo 0,0\n640 7:8\n",
  );
  t.end();
});

t.test("in a user namespace, where none can be made, devices are bound in from the host", (t) => {
  const c = container(t, (config) => {
    mapUsers(config, 100000);
    config.linux.devices = [{ path: "/dev/mine", type: "c", major: 1, minor: 5 }];
  });
  for (const path of [c.directory, c.bundle]) must(run(["chown", "-Rh", "100000:100000", path]));
  const result = c.sh("stat -c '%F %t,%T' /dev/mine; head -c 2 /dev/mine | od -An -tx1");
  t.equal(result.stdout, "character special file 1,5\n 00 00\n", result.stderr);
  t.end();
});

t.test("two paths may be the same device, though the spec advises against it", (t) => {
  const device = { type: "c", major: 1, minor: 5 };
  const c = container(t, (config) => {
    config.linux.devices = [
      { ...device, path: "/dev/first", fileMode: 0o600 },
      { ...device, path: "/dev/second", fileMode: 0o644 },
    ];
  });
  const result = c.sh("stat -c '%n %a %t,%T' /dev/first /dev/second");
  t.equal(result.stdout, "/dev/first 600 1,5\n/dev/second 644 1,5\n");
  t.end();
});

/** What lies at the device's path already. */
const inTheWay: readonly { what: string; make: (path: string) => unknown }[] = [
  { what: "a file", make: (path) => writeFileSync(path, "") },
  { what: "a directory", make: (path) => mkdirSync(path) },
  { what: "a device of another type", make: (path) => must(run(["mknod", path, "b", "1", "5"])) },
  { what: "another device", make: (path) => must(run(["mknod", path, "c", "1", "7"])) },
  { what: "a fifo", make: (path) => must(run(["mkfifo", path])) },
];
for (const { what, make } of inTheWay) {
  t.test(`${what} in the place of a device is an error`, { skip: unless(isRunt, "the reference makes do") }, (t) => {
    const c = container(t, (config) => (config.linux.devices = [{ path: "/opt/x", type: "c", major: 1, minor: 5 }]));
    mkdirSync(join(c.rootfs, "opt"));
    make(join(c.rootfs, "opt/x"));
    const before = statSync(join(c.rootfs, "opt/x"));
    const result = c.create();
    t.equal(result.code, 1);
    t.match(result.stderr, /\/opt\/x/);
    t.equal(c.status(), "none");
    const after = statSync(join(c.rootfs, "opt/x"));
    t.strictSame([after.ino, after.mode, after.rdev], [before.ino, before.mode, before.rdev], "and it stays as it is");
    t.end();
  });
}

t.test("the device itself in its place is taken", (t) => {
  const c = container(t, (config) => (config.linux.devices = [{ path: "/opt/x", type: "c", major: 1, minor: 5 }]));
  mkdirSync(join(c.rootfs, "opt"));
  must(run(["mknod", join(c.rootfs, "opt/x"), "c", "1", "5"]));
  t.equal(c.sh("head -c 2 /opt/x | od -An -tx1").stdout, " 00 00\n");
  t.end();
});

for (const [path, numbers] of [
  ["/dev/null", "1,3"],
  ["/dev/zero", "1,5"],
  ["/dev/full", "1,7"],
  ["/dev/random", "1,8"],
  ["/dev/urandom", "1,9"],
  ["/dev/tty", "5,0"],
] as const) {
  t.test(`${path} is supplied, with no word of it in the config`, (t) => {
    const c = container(t, (config) => (config.linux.devices = []));
    t.equal(c.sh(`stat -c '%F %t,%T' ${path}`).stdout, `character special file ${numbers}\n`);
    t.end();
  });
}

t.test("/dev/ptmx is that of the container's own terminals", (t) => {
  const c = container(t);
  c.startSleeping();
  t.equal(must(c.exec(["stat", "-L", "-c", "%F %t,%T", "/dev/ptmx"])).stdout, "character special file 5,2\n");
  t.equal(must(c.exec(["sh", "-c", "[ /dev/ptmx -ef /dev/pts/ptmx ] && echo same"])).stdout, "same\n");
  t.end();
});

const KMSG = { type: "c", major: 1, minor: 11 };

/** Whether a container with these rules may read /dev/kmsg. */
function mayRead(c: Container, rules: object[]): boolean {
  c.config.linux.resources.devices = rules;
  return c.sh("mknod /dev/kmsg2 c 1 11; (exec 3< /dev/kmsg2) && echo read").stdout === "read\n";
}

t.test("the rules for devices count in the order of the list", (t) => {
  const c = container(t, (config) => {
    const names = ["CAP_MKNOD", "CAP_SYSLOG"];
    config.process.capabilities = { bounding: names, permitted: names, effective: names };
  });
  const all = { access: "rwm" };
  t.ok(
    mayRead(c, [
      { allow: false, ...all },
      { allow: true, ...KMSG, access: "rm" },
    ]),
    "deny all, then allow one",
  );
  t.notOk(
    mayRead(c, [
      { allow: true, ...KMSG, access: "rm" },
      { allow: false, ...all },
    ]),
    "allow one, then deny all",
  );
  t.notOk(
    mayRead(c, [
      { allow: false, ...all },
      { allow: true, ...KMSG, ...all },
      { allow: false, ...KMSG, access: "r" },
    ]),
    "deny all, allow one, then deny it",
  );
  t.ok(
    mayRead(c, [
      { allow: false, ...all },
      { allow: false, ...KMSG, ...all },
      { allow: true, ...all },
    ]),
    "deny one, then allow all",
  );
  t.end();
});

t.test("/dev/console is the container's terminal, bound there", async (t) => {
  const c = container(t);
  const socket = join(c.directory, "terminal");
  const receiver = new Background([agent, "receive-fd", socket]);
  t.teardown(() => receiver.dispose());
  t.ok(await eventually(() => receiver.stdout.includes("listening")));
  c.config.process.terminal = true;
  c.config.process.args = ["sh", "-c", "stat -c '%F %t' /dev/console; echo written > /dev/console"];
  must(c.create(["--console-socket", socket]));
  const bound = mountOn(c.state().pid, "/dev/console");
  t.match([bound?.type, bound?.root], ["devpts", /^\/\d+$/], "it is a file of the terminals' file system");
  must(c.start());
  const { stdout } = await receiver.end();
  t.match(stdout, /character special file 88\r/, "a pty");
  t.match(stdout, /written\r/, "and what is written to it is seen at the other end");
});

t.test("there is no /dev/console without a terminal", (t) => {
  const c = container(t);
  t.equal(c.sh("ls /dev/console 2> /dev/null; true").stdout, "");
  t.notOk(existsSync(join(c.rootfs, "dev/console")));
  t.end();
});
