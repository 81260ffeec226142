// SPDX-License-Identifier: Apache-2.0
// @lanes host @timeout 90
/** Attacks by a hostile root file system or config, as published against runtimes; each test names its flaw. */
import { chmodSync, lstatSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { mapUsers } from "../lib/config.ts";
import { container, must } from "../lib/container.ts";
import type { Container } from "../lib/container.ts";
import { isRunt, unless } from "../lib/lane.ts";
import { run } from "../lib/run.ts";
import { untouched, victim } from "../lib/victim.ts";

const runt = { skip: unless(isRunt, "the reference has the flaw or words it differently") };

for (const target of ["proc", "sys", "dev"]) {
  t.test(`CVE-2019-19921, CVE-2026-41579: /${target} in the image is a symbolic link`, runt, (t) => {
    const c = container(t);
    const outside = victim(c);
    rmSync(join(c.rootfs, target), { recursive: true });
    symlinkSync(outside, join(c.rootfs, target));
    const result = c.create();
    t.equal(result.code, 1);
    t.match(result.stderr, new RegExp(`/${target}`));
    t.ok(untouched(outside), "the host's directory");
    t.equal(c.status(), "none");
    t.end();
  });

  t.test(`/${target} in the image is a link to a directory of the image`, runt, (t) => {
    const c = container(t);
    rmSync(join(c.rootfs, target), { recursive: true });
    mkdirSync(join(c.rootfs, "elsewhere"));
    symlinkSync("elsewhere", join(c.rootfs, target));
    t.equal(c.create().code, 1);
    t.end();
  });
}

t.test("CVE-2019-18837, CVE-2024-45310: mount points below links are made inside, and nothing on the host", (t) => {
  const c = container(t);
  const outside = victim(c);
  symlinkSync(outside, join(c.rootfs, "abs"));
  symlinkSync("../../../../../../../.." + outside, join(c.rootfs, "rel"));
  mkdirSync(join(c.rootfs, "a"));
  symlinkSync("../abs", join(c.rootfs, "a/b"));
  const file = join(c.directory, "source");
  writeFileSync(file, "x");
  for (const destination of ["/abs/one", "/rel/two", "/a/b/three/four"])
    c.config.mounts.push({ destination, type: "tmpfs", source: "tmpfs" });
  c.config.mounts.push({ destination: "/abs/five", type: "bind", source: file, options: ["bind"] });
  c.create();
  t.ok(untouched(outside));
  t.end();
});

t.test("CVE-2019-16884: a mount over a part of /proc", runt, (t) => {
  for (const destination of ["/proc/self/attr", "/proc/sys", "/proc/1", "/proc/self/exe"]) {
    const c = container(t, (config) => config.mounts.push({ destination, type: "tmpfs", source: "tmpfs" }));
    const result = c.create();
    t.equal(result.code, 1, destination);
    t.match(result.stderr, /\/proc/);
  }
  const source = container(t);
  writeFileSync(join(source.directory, "cpuinfo"), "one processor\n");
  source.config.mounts.push({
    destination: "/proc/cpuinfo",
    type: "bind",
    source: join(source.directory, "cpuinfo"),
    options: ["bind"],
  });
  t.equal(source.sh("cat /proc/cpuinfo").stdout, "one processor\n", "what lxcfs does is allowed");
  t.end();
});

t.test("CVE-2025-31133: /dev/null in the image is a link, while masks are made of it", (t) => {
  const c = container(t, (config) => {
    config.mounts = config.mounts.filter((mount) => !mount.destination.startsWith("/dev"));
    config.linux.maskedPaths = ["/secret", "/proc/version"];
  });
  writeFileSync(join(c.rootfs, "secret"), "secret");
  symlinkSync("/proc/sys/kernel/core_pattern", join(c.rootfs, "dev/null"));
  const pattern = readFileSync("/proc/sys/kernel/core_pattern", "utf8");
  const result = c.sh("cat /secret /proc/version; echo evil > /proc/version");
  t.notMatch(result.stdout, /secret|Linux|core/);
  t.equal(readFileSync("/proc/sys/kernel/core_pattern", "utf8"), pattern);
  t.end();
});

t.test("a masked path that is a link is not followed out", (t) => {
  const c = container(t, (config) => (config.linux.maskedPaths = ["/link/file"]));
  const outside = victim(c);
  symlinkSync(outside, join(c.rootfs, "link"));
  c.run();
  t.ok(untouched(outside));
  t.end();
});

t.test("CVE-2016-3697: ids come from the config alone, whatever the image's passwd says", (t) => {
  const c = container(t, (config) => (config.process.user = { uid: 1000, gid: 1000 }));
  writeFileSync(join(c.rootfs, "etc/passwd"), "1000:x:0:0:root:/root:/bin/sh\nroot:x:1000:1000::/:/bin/sh\n");
  writeFileSync(join(c.rootfs, "etc/group"), "1000:x:0:\n");
  t.equal(c.sh("awk '/^[UG]id/ {print $2}' /proc/self/status").stdout, "1000\n1000\n");
  const running = container(t);
  writeFileSync(join(running.rootfs, "etc/passwd"), "1000:x:0:0:root:/root:/bin/sh\n");
  running.startSleeping();
  t.equal(must(running.exec(["awk", "/^Uid/ {print $2}", "/proc/self/status"], ["-u", "1000"])).stdout, "1000\n");
  t.end();
});

t.test("a passwd that is huge, a link, a fifo or not text does not hold up or mislead", (t) => {
  for (const kind of ["huge", "link", "fifo", "bytes", "directory"] as const) {
    const c = container(t, (config) => (config.process.args = ["echo", "ran"]));
    const passwd = join(c.rootfs, "etc/passwd");
    rmSync(passwd);
    if (kind === "huge") writeFileSync(passwd, "x".repeat(8 << 20));
    if (kind === "link") symlinkSync("/dev/zero", passwd);
    if (kind === "fifo") must(run(["mkfifo", passwd]));
    if (kind === "bytes") writeFileSync(passwd, Buffer.from([0, 255, 254, 10, 58, 58, 0]));
    if (kind === "directory") mkdirSync(passwd);
    const result = c.run([], { timeout: 10 });
    t.notOk(result.timedOut, `${kind}: it ends`);
    if (result.code === 0) t.equal(result.stdout, "ran\n", kind);
  }
  t.end();
});

t.test("CVE-2021-43784: a config of many thousand entries", (t) => {
  const c = container(t, (config) => {
    config.process.env = ["PATH=/bin", ...Array.from({ length: 2000 }, (_, i) => `V${i}=${"x".repeat(60)}`)];
    config.process.args = ["sh", "-c", "echo ${#V1999}; readlink /proc/self/ns/net"];
  });
  const result = must(c.run());
  t.match(result.stdout, /^60\n/);
  t.notMatch(result.stdout, new RegExp(run(["readlink", "/proc/self/ns/net"]).stdout.trim().replace(/[[\]]/g, "\\$&")));
  const maps = container(t, (config) => {
    mapUsers(config, 100000);
    config.linux["uidMappings"] = Array.from({ length: 200 }, (_, i) => ({
      containerID: i * 2,
      hostID: 100000 + i * 2,
      size: 1,
    }));
  });
  must(run(["chown", "-Rh", "100000:100000", maps.bundle]));
  t.match(must(maps.sh("wc -l < /proc/self/uid_map")).stdout, /^200$/m, "200 id maps");
  t.end();
});

t.test("NUL bytes in the config are refused", runt, (t) => {
  for (const change of [
    (c: Container) => (c.config.process.args = ["echo", "a\0b"]),
    (c: Container) => c.config.process.env.push("A=\0"),
    (c: Container) => c.config.mounts.push({ destination: "/a\0b", type: "tmpfs", source: "x" }),
    (c: Container) => c.config.mounts.push({ destination: "/a", type: "tmpfs\0x", source: "x" }),
    (c: Container) => c.config.mounts.push({ destination: "/a", type: "tmpfs", source: "x\0y" }),
    (c: Container) => c.config.mounts.push({ destination: "/a", type: "bind", source: `${c.directory}\0/x`, options: ["bind"] }),
    (c: Container) => c.config.mounts.push({ destination: "/a", type: "tmpfs", source: "x", options: ["size=64k\0mode=777"] }),
    (c: Container) => (c.config.linux.cgroupsPath = "/a\0b"),
    (c: Container) => (c.config.linux.maskedPaths = ["/proc/kcore\0"]),
    (c: Container) => (c.config.linux.readonlyPaths = ["/proc\0/sys"]),
    (c: Container) => (c.config.root.path = "rootfs\0"),
    (c: Container) => (c.config.hostname = "a\0b"),
    (c: Container) => (c.config.linux["sysctl"] = { "net.ipv4.ip_forward": "1\0" }),
    (c: Container) => (c.config.process.cwd = "/tmp\0/x"),
  ]) {
    const c = container(t);
    change(c);
    const result = c.create();
    t.equal(result.code, 1, change.toString());
    t.match(result.stderr, /NUL|null byte|zero byte|\\u0000/i, change.toString());
    t.equal(c.status(), "none");
  }
  t.end();
});

t.test("CVE-2025-24965: what is made in the image is never made through a link to the host", (t) => {
  const c = container(t);
  const outside = victim(c);
  const source = join(c.directory, "source");
  writeFileSync(source, "from the engine\n");
  const files = ["etc/hostname", "etc/resolv.conf", "etc/hosts", ".krun_config.json", ".krun_vm.json", "run/.containerenv"];
  for (const file of files) {
    symlinkSync(join(outside, file.replaceAll("/", "-")), join(c.rootfs, file));
    c.config.mounts.push({ destination: `/${file}`, type: "bind", source, options: ["bind", "ro"] });
  }
  symlinkSync(join(outside, "directory"), join(c.rootfs, "data"));
  c.config.mounts.push({ destination: "/data/below", type: "tmpfs", source: "tmpfs", options: ["tmpcopyup"] });
  symlinkSync(join(outside, "cwd"), join(c.rootfs, "srv"));
  c.config.process.cwd = "/srv/made";
  c.config.process.terminal = false;
  for (const handler of ["krun", undefined]) {
    if (handler !== undefined) c.config.annotations = { "run.oci.handler": handler };
    else Reflect.deleteProperty(c.config, "annotations");
    const result = c.sh(`cat ${files.map((file) => `/${file}`).join(" ")}; pwd`);
    t.ok(untouched(outside), `nothing is made outside, ${result.stderr}`);
    if (handler === undefined) t.match(result.stdout, /^(from the engine\n){6}\//, result.stderr);
  }
  t.end();
});

t.test("a link in the place of the log or pid file of another user is not followed into the container", (t) => {
  const c = container(t);
  const outside = victim(c);
  symlinkSync(join(outside, "new"), join(c.rootfs, "etc/hostname"));
  chmodSync(outside, 0o755);
  must(c.run());
  t.ok(untouched(outside));
  t.ok(lstatSync(join(c.rootfs, "etc/hostname")).isSymbolicLink());
  t.end();
});
