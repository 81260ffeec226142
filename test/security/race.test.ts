// SPDX-License-Identifier: Apache-2.0
// @lanes host @timeout 120
/** Directories of a shared volume that are swapped for links all the time, for a bounded time. */
import { existsSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { container, must } from "../lib/container.ts";
import { mountOn, parseMountInfo } from "../lib/kernel.ts";
import { agent } from "../lib/lane.ts";
import { Background, eventually, run } from "../lib/run.ts";
import { untouched, victim } from "../lib/victim.ts";

t.test("CVE-2021-30465: swapping a mount's directory for a link, without end", async (t) => {
  const c = container(t);
  const outside = victim(c);
  const volume = join(c.directory, "volume");
  mkdirSync(join(volume, "dir/target"), { recursive: true });
  symlinkSync(outside, join(volume, "swap"));
  const swapper = new Background([agent, "exchange", join(volume, "dir"), join(volume, "swap"), "15"]);
  t.teardown(() => swapper.dispose());
  await eventually(() => swapper.stdout.includes("swapping"));
  c.config.mounts.push({ destination: "/vol", type: "bind", source: volume, options: ["rbind"] });
  c.config.mounts.push({ destination: "/vol/dir/target", type: "tmpfs", source: "attack", options: ["size=64k"] });
  c.config.mounts.push({ destination: "/vol/dir/made", type: "tmpfs", source: "attack", options: ["size=64k"] });
  let made = 0;
  const end = performance.now() + 12_000;
  while (performance.now() < end) {
    if (c.create().code === 0) made++;
    const mountinfo = readFileSync("/proc/self/mountinfo", "utf8");
    if (mountinfo.includes(" attack ")) {
      t.fail("a mount on the host");
      break;
    }
    c.delete("--force");
  }
  t.ok(untouched(outside), "nothing made in the host's directory");
  t.equal(mountOn("self", outside), undefined);
  t.comment(`${made} containers made during the race`);
});

/** A directory that passes for /proc or /sys until somebody looks closer. */
function forgery(directory: string): string {
  for (const name of ["self/attr", "sys/kernel", "fs/cgroup", "firmware", "1"])
    mkdirSync(join(directory, name), { recursive: true });
  return directory;
}

/**
 * What is wrong with the set-up of a container whose /proc or /sys is somewhere else at any moment. Mounts are told by what they show:
 * the path of one may be another with each line that the kernel writes.
 */
function misplaced(pid: number, type: string): string[] {
  const mounts = parseMountInfo(readFileSync(`/proc/${pid}/mountinfo`, "utf8"));
  const own = mounts.filter(({ point }) => !point.startsWith("/vol/"));
  const isReadonly = (name: string): boolean =>
    own.some((mount) => mount.type === "proc" && mount.root === name && mount.options.includes("ro"));
  const isMasked = (name: string): boolean => own.some((mount) => mount.type === "tmpfs" && mount.point.endsWith(name));
  const missing =
    type === "proc"
      ? ["/sys", "/irq", "/bus"].filter((name) => !isReadonly(name))
      : ["/firmware"].filter((name) => existsSync(`/sys${name}`) && !isMasked(name));
  return [
    ...(own.some((mount) => mount.type === type && mount.root === "/") ? [] : [`no ${type}`]),
    ...missing.map((name) => `${name} is open`),
    ...mounts.filter(({ point }) => /^\/vol\/fake\/(sys|bus|irq|firmware)/.test(point)).map(({ point }) => `a mount on ${point}`),
  ];
}

/** The image's `/proc` or `/sys` and what takes its place. */
const SWAPS: readonly { name: string; target: string; type: string; make: (path: string) => void }[] = [
  { name: "a link to a shared volume", target: "proc", type: "proc", make: (path) => symlinkSync("/vol/fake", path) },
  { name: "a link to a shared volume", target: "sys", type: "sysfs", make: (path) => symlinkSync("/vol/fake", path) },
  { name: "another directory", target: "proc", type: "proc", make: (path) => void mkdirSync(path) },
];

for (const { name, target, type, make } of SWAPS) {
  t.test(`CVE-2023-27561, CVE-2023-28642, CVE-2019-19921, CVE-2025-54867: /${target} is ${name} half of the time`, async (t) => {
    const c = container(t, (config) => (config.process.args = ["sleep", "100"]));
    const volume = join(c.directory, "volume");
    const fake = forgery(join(volume, "fake"));
    make(join(c.rootfs, "swap"));
    mkdirSync(join(c.rootfs, "vol"));
    // The volume comes first, so that the link leads somewhere by the time that the target is mounted.
    c.config.mounts.unshift({ destination: "/vol", type: "bind", source: volume, options: ["rbind"] });
    const before = must(run(["find", volume])).stdout;
    const swapper = new Background([agent, "exchange", join(c.rootfs, target), join(c.rootfs, "swap"), "10"]);
    t.teardown(() => swapper.dispose());
    await eventually(() => swapper.stdout.includes("swapping"));
    const problems: string[] = [];
    let [made, refused] = [0, 0];
    for (const end = performance.now() + 7000; performance.now() < end && problems.length === 0;) {
      const { code, stderr } = c.create();
      if (code === 0) problems.push(...misplaced(c.state().pid, type));
      else if (!/symbolic link|not a directory|no such file/i.test(stderr)) problems.push(stderr);
      if (code === 0) made++;
      else refused++;
      c.delete("--force");
    }
    t.strictSame(problems, []);
    t.equal(must(run(["find", volume])).stdout, before, "nothing is made in the volume");
    t.equal(mountOn("self", fake), undefined);
    t.ok(made > 0, `${made} containers made, ${refused} refused`);
  });
}
