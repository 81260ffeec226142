// SPDX-License-Identifier: Apache-2.0
// @lanes host v2
/** Device nodes, and which devices may be opened: by the v1 devices controller on the host lane, by eBPF on v2. */
import { readlinkSync, statSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { container, must } from "../lib/container.ts";

const DEFAULTS = ["null 1,3", "zero 1,5", "full 1,7", "random 1,8", "urandom 1,9", "tty 5,0"];

t.test("the default devices are there, for everyone to read and write", (t) => {
  const c = container(t);
  const result = c.sh('for d in null zero full random urandom tty; do stat -c "%n %F %a %u:%g %t,%T" /dev/$d; done');
  const lines = result.stdout.trim().split("\n");
  DEFAULTS.forEach((device, index) => {
    const [name = "", numbers = ""] = device.split(" ");
    t.equal(lines[index], `/dev/${name} character special file 666 0:0 ${numbers}`);
  });
  t.end();
});

t.test("the default devices work", (t) => {
  const c = container(t);
  const script = [
    "echo x > /dev/null && echo null",
    "head -c 3 /dev/zero | od -An -tx1",
    "head -c 8 /dev/urandom | wc -c",
    "echo x > /dev/full || echo full",
  ];
  t.match(c.sh(script.join("; ")).stdout, /^null\n 00 00 00\n8\nfull\n$/);
  t.end();
});

t.test("devices of the config have their type, mode and owner", (t) => {
  const c = container(t, (config) => {
    config.linux.devices = [
      { path: "/dev/one", type: "c", major: 1, minor: 5, fileMode: 0o640, uid: 1000, gid: 2000 },
      { path: "/dev/deep/two", type: "b", major: 7, minor: 200, fileMode: 0o600 },
      { path: "/dev/pipe", type: "p", fileMode: 0o622 },
      { path: "/dev/char", type: "u", major: 1, minor: 3 },
    ];
  });
  const result = c.sh('stat -c "%F %a %u:%g %t,%T" /dev/one /dev/deep/two /dev/pipe; stat -c "%F %t,%T" /dev/char');
  t.equal(
    result.stdout,
    "character special file 640 1000:2000 1,5\nblock special file 600 0:0 7,c8\nfifo 622 0:0 0,0\ncharacter special file 1,3\n",
  );
  t.end();
});

t.test("a device that no rule allows cannot be opened, one that a rule allows can", (t) => {
  const c = container(t, (config) => {
    config.linux.resources.devices = [
      { allow: false, access: "rwm" },
      { allow: true, type: "c", major: 1, minor: 11, access: "r" },
    ];
    const names = ["CAP_MKNOD", "CAP_SYSLOG"];
    config.process.capabilities = { bounding: names, effective: names, permitted: names };
  });
  const script = [
    "mknod /dev/mem2 c 1 1; head -c 1 /dev/mem2",
    "mknod /dev/kmsg2 c 1 11; (exec 3< /dev/kmsg2) && echo read",
    "(exec 3> /dev/kmsg2) && echo write",
    "mknod /dev/disk b 7 0; head -c 1 /dev/disk",
    "echo x > /dev/null && echo null",
  ];
  const result = c.sh(script.join("; "));
  t.match(result.stderr, /mem2: Operation not permitted/);
  t.match(result.stderr, /kmsg2: Operation not permitted/);
  t.match(result.stderr, /disk: Operation not permitted/);
  t.equal(result.stdout, "read\nnull\n");
  t.end();
});

t.test("exec is held to the same rules", (t) => {
  const c = container(t, (config) => {
    config.process.capabilities = { bounding: ["CAP_MKNOD"], effective: ["CAP_MKNOD"], permitted: ["CAP_MKNOD"] };
  });
  c.startSleeping();
  t.match(c.exec(["sh", "-c", "mknod /dev/mem2 c 1 1; head -c 1 /dev/mem2"]).stderr, /mem2: Operation not permitted/);
  t.end();
});

t.test("everything is allowed when the rules say so", (t) => {
  const c = container(t, (config) => {
    config.linux.resources.devices = [{ allow: true, access: "rwm" }];
    config.process.capabilities = { bounding: ["CAP_SYSLOG"], effective: ["CAP_SYSLOG"], permitted: ["CAP_SYSLOG"] };
    config.linux.devices = [{ path: "/dev/kmsg", type: "c", major: 1, minor: 11, fileMode: 0o600 }];
  });
  t.equal(c.sh("(exec 3< /dev/kmsg) && echo read").stdout, "read\n");
  t.end();
});

t.test("a standard stream that is the host's /dev/null is the container's own", (t) => {
  const c = container(t);
  const pid = c.startSleeping();
  const device = (path: string): number => statSync(path).dev;
  t.equal(readlinkSync(`/proc/${pid}/fd/0`), "/dev/null");
  t.equal(device(`/proc/${pid}/fd/0`), device(`/proc/${pid}/root/dev/null`));
  t.not(device(`/proc/${pid}/fd/0`), device("/dev/null"));
  t.end();
});

t.test("a pseudo terminal opened inside is the container's", (t) => {
  const c = container(t);
  c.startSleeping();
  t.equal(must(c.exec(["sh", "-c", "ls /dev/pts; stat -c %a /dev/pts/ptmx"])).stdout, "ptmx\n666\n");
  t.end();
});

t.test("the rootfs on disk gets no device nodes", (t) => {
  const c = container(t);
  must(c.run());
  t.throws(() => statSync(join(c.rootfs, "dev/null")), "they are in the tmpfs");
  t.end();
});
