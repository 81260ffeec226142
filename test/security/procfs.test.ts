// SPDX-License-Identifier: Apache-2.0
// @lanes host @timeout 120
/** What runt writes to /proc reaches the kernel, whatever a config, an image or a shared volume puts in its place. */
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import t from "tap";
import type { Test } from "tap";
import { mapUsers, mountOf } from "../lib/config.ts";
import { container, must } from "../lib/container.ts";
import type { Container } from "../lib/container.ts";
import { mountOn } from "../lib/kernel.ts";
import { agent, isRunt, unless } from "../lib/lane.ts";
import { Background, eventually, run } from "../lib/run.ts";

const ours = { skip: unless(isRunt, "the reference words it differently") };

/** What the runtime may want to write to. */
const FILES = [
  "sys/net/ipv4/ip_forward",
  "sys/kernel/domainname",
  "self/attr/exec",
  "thread-self/attr/exec",
  "thread-self/attr/apparmor/exec",
  "self/oom_score_adj",
  "1/oom_score_adj",
  "self/uid_map",
  "self/timens_offsets",
];

/** A directory that looks like /proc, and lies in wait. */
function fakeProc(directory: string): string {
  for (const file of FILES) {
    mkdirSync(dirname(join(directory, file)), { recursive: true });
    writeFileSync(join(directory, file), "untouched\n");
  }
  return directory;
}

function isUntouched(directory: string): boolean {
  return FILES.every((file) => readFileSync(join(directory, file), "utf8") === "untouched\n");
}

/** `net.ipv4.ip_forward` in the network namespace of a process, asked of the kernel from outside. */
function forwards(pid: number): string {
  return must(run(["nsenter", "-t", String(pid), "-n", "cat", "/proc/sys/net/ipv4/ip_forward"])).stdout.trim();
}

/** A procfs of the host in which the fake covers what is written for sysctls. */
function coveredProc(t: Test, c: Container): { readonly place: string; readonly sys: string } {
  const place = join(c.directory, "proc");
  const sys = join(c.directory, "sys");
  mkdirSync(place);
  mkdirSync(join(sys, "net/ipv4"), { recursive: true });
  writeFileSync(join(sys, "net/ipv4/ip_forward"), "untouched\n");
  must(run(["mount", "-t", "proc", "proc", place]));
  t.teardown(() => run(["umount", "-R", "-l", place]));
  must(run(["mount", "--bind", sys, join(place, "sys")]));
  return { place, sys };
}

function changeParameters(c: Container): void {
  c.config.linux["sysctl"] = { "net.ipv4.ip_forward": "1" };
  c.config.process["oomScoreAdj"] = 777;
}

t.test("CVE-2025-52881, CVE-2019-16884: a directory in the place of /proc", ours, (t) => {
  for (const mount of [
    { type: "bind", options: ["bind"] },
    { type: "none", options: ["rbind", "rw"] },
    { type: "proc", options: ["bind"] },
    { type: "tmpfs" },
  ]) {
    const c = container(t, (config) => (config.linux.maskedPaths = config.linux.readonlyPaths = []));
    changeParameters(c);
    const fake = fakeProc(join(c.directory, "fake"));
    Object.assign(mountOf(c.config, "/proc"), { source: fake, ...mount });
    const result = c.create();
    t.equal(result.code, 1, JSON.stringify(mount));
    t.match(result.stderr, /"\/proc"/);
    t.ok(isUntouched(fake));
  }
  t.end();
});

t.test("CVE-2025-52881, CVE-2025-62596: a procfs with another sys in it", (t) => {
  const c = container(t, (config) => (config.linux.maskedPaths = config.linux.readonlyPaths = []));
  changeParameters(c);
  const { place, sys } = coveredProc(t, c);
  Object.assign(mountOf(c.config, "/proc"), { type: "bind", source: place, options: ["rbind"] });
  c.config.process.args = ["sleep", "100"];
  const created = c.create();
  t.equal(readFileSync(join(sys, "net/ipv4/ip_forward"), "utf8"), "untouched\n", "the host's file");
  if (isRunt) t.equal(created.code, 0, created.stderr);
  if (created.code === 0) {
    const { pid } = c.state();
    t.equal(forwards(pid), "1", "the kernel's parameter");
    t.equal(readFileSync(`/proc/${pid}/oom_score_adj`, "utf8"), "777\n");
  }
  t.end();
});

t.test("CVE-2025-52881: the same where the kernel gives no other procfs, in a user namespace", (t) => {
  const c = container(t, (config) => {
    mapUsers(config, 100000);
    config.linux.maskedPaths = config.linux.readonlyPaths = [];
  });
  must(run(["chown", "-Rh", "100000:100000", c.bundle]));
  changeParameters(c);
  const { place, sys } = coveredProc(t, c);
  must(run(["chown", "-R", "100000:100000", sys]));
  Object.assign(mountOf(c.config, "/proc"), { type: "bind", source: place, options: ["rbind"] });
  const created = c.create();
  t.equal(readFileSync(join(sys, "net/ipv4/ip_forward"), "utf8"), "untouched\n", "the host's file");
  if (created.code === 0) t.equal(forwards(c.state().pid), "1", "the kernel's parameter");
  else if (isRunt) t.match(created.stderr, /sysctl "?net.ipv4.ip_forward|ip_forward/);
  t.end();
});

t.test("CVE-2025-52881, CVE-2019-16884: onto /proc by way of a link in the image", ours, (t) => {
  for (const [link, destination] of [
    ["proc", "/link/sys"],
    ["/proc", "/link/self/attr"],
    ["proc/sys", "/link/net"],
    ["../../../proc/1", "/link/attr"],
    ["proc", "/link"],
  ] as const) {
    for (const kind of ["tmpfs", "bind"] as const) {
      const c = container(t);
      changeParameters(c);
      symlinkSync(link, join(c.rootfs, "link"));
      const fake = fakeProc(join(c.directory, "fake"));
      c.config.mounts.push({ destination, type: kind, source: fake, ...(kind === "bind" ? { options: ["bind"] } : {}) });
      const result = c.create();
      t.equal(result.code, 1, `${kind} on ${destination}, link to ${link}`);
      t.match(result.stderr, /into \/proc|"\/proc"/);
      t.ok(isUntouched(fake));
    }
  }
  t.end();
});

t.test("CVE-2025-52881: a shared volume whose directory becomes a link to /proc all the time", async (t) => {
  const c = container(t, (config) => (config.process.args = ["sleep", "100"]));
  changeParameters(c);
  const volume = join(c.directory, "volume");
  mkdirSync(join(volume, "dir/sys"), { recursive: true });
  symlinkSync("/proc", join(volume, "swap"));
  const swapper = new Background([agent, "exchange", join(volume, "dir"), join(volume, "swap"), "10"]);
  t.teardown(() => swapper.dispose());
  await eventually(() => swapper.stdout.includes("swapping"));
  c.config.mounts.push({ destination: "/vol", type: "bind", source: volume, options: ["rbind"] });
  c.config.mounts.push({ destination: "/vol/dir/sys", type: "tmpfs", source: "attack", options: ["size=64k"] });
  const problems: string[] = [];
  let made = 0;
  for (const end = performance.now() + 8000; performance.now() < end && problems.length === 0;) {
    if (c.create().code === 0) {
      made++;
      const { pid } = c.state();
      if (mountOn(pid, "/proc/sys")?.source === "attack") problems.push("mounted over /proc/sys");
      if (forwards(pid) !== "1") problems.push("the kernel's parameter is not set");
      if (readFileSync(`/proc/${pid}/oom_score_adj`, "utf8") !== "777\n") problems.push("the score is not set");
      if (mountOn(pid, "/proc/sys")?.options.includes("ro") !== true) problems.push("/proc/sys is not read-only");
    }
    c.delete("--force");
  }
  t.strictSame(problems, []);
  t.ok(made > 0, `${made} containers made during the race`);
});

t.test("masks and read-only paths are on the topmost /proc and /sys", (t) => {
  const c = container(t, (config) => {
    config.mounts.push({ destination: "/proc", type: "proc", source: "proc" });
    config.mounts.push({ destination: "/sys", type: "tmpfs", source: "tmpfs" });
    config.linux.maskedPaths = ["/proc/version", "/sys/secret"];
    config.mounts.push({ destination: "/sys/secret", type: "tmpfs", source: "tmpfs" });
  });
  const result = c.sh("cat /proc/version; echo x > /proc/sys/kernel/domainname; echo x > /sys/secret/x; echo x > /sys/open");
  t.equal(result.stdout, "");
  t.match(result.stderr, /domainname: Read-only file system/);
  t.match(result.stderr, /secret\/x: Read-only file system/);
  t.notMatch(result.stderr, /\/sys\/open/);
  t.end();
});
