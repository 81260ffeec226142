// SPDX-License-Identifier: Apache-2.0
// @lanes host
/** config.md, "Linux mount options": each option of the table, as the kernel shows the mount that has it. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { container, must } from "../lib/container.ts";
import type { TestMount } from "../lib/config.ts";
import { mountOn } from "../lib/kernel.ts";
import { isRunt, unless } from "../lib/lane.ts";
import { run } from "../lib/run.ts";

const skip = unless(isRunt, "the reference knows fewer options");

/** What `/proc/PID/mountinfo` must show of a mount, of its file system, and of the mount below it. */
interface Shows {
  readonly own?: readonly string[];
  readonly notOwn?: readonly string[];
  readonly superblock?: readonly string[];
  readonly notSuperblock?: readonly string[];
  /** The same as `own` and `notOwn`, for the mount on "below". */
  readonly below?: readonly string[];
  readonly notBelow?: readonly string[];
  readonly propagation?: RegExp;
  readonly propagationBelow?: RegExp;
}

interface Case extends Shows {
  readonly name: string;
  readonly options: readonly string[];
  /** The tree that is bound in; a new tmpfs when there is none. */
  readonly tree?: "open" | "closed" | "strict" | "shared";
}

/** An option that sets a flag is told alone; one that clears it comes after the one that sets it. */
const newMounts: readonly Case[] = [
  { name: "async", options: ["sync", "async"], notSuperblock: ["sync"] },
  { name: "atime", options: ["noatime", "atime"], own: ["relatime"], notOwn: ["noatime"] },
  { name: "defaults", options: ["defaults"], own: ["rw", "relatime"], notOwn: ["nosuid", "nodev", "noexec"] },
  { name: "dev", options: ["nodev", "dev"], notOwn: ["nodev"] },
  { name: "diratime", options: ["nodiratime", "diratime"], notOwn: ["nodiratime"] },
  { name: "dirsync", options: ["dirsync"], superblock: ["dirsync"] },
  { name: "exec", options: ["noexec", "exec"], notOwn: ["noexec"] },
  { name: "lazytime", options: ["lazytime"], superblock: ["lazytime"] },
  { name: "noatime", options: ["noatime"], own: ["noatime"] },
  { name: "nodev", options: ["nodev"], own: ["nodev"] },
  { name: "nodiratime", options: ["nodiratime"], own: ["nodiratime"] },
  { name: "noexec", options: ["noexec"], own: ["noexec"] },
  { name: "nolazytime", options: ["lazytime", "nolazytime"], notSuperblock: ["lazytime"] },
  // Without relatime the kernel does as it is told otherwise, and with no word as by default.
  { name: "norelatime", options: ["relatime", "norelatime", "strictatime"], notOwn: ["relatime", "noatime"] },
  { name: "nostrictatime", options: ["strictatime", "nostrictatime"], own: ["relatime"] },
  { name: "nosuid", options: ["nosuid"], own: ["nosuid"] },
  { name: "nosymfollow", options: ["nosymfollow"], own: ["nosymfollow"] },
  { name: "relatime", options: ["noatime", "relatime"], own: ["relatime"], notOwn: ["noatime"] },
  { name: "ro", options: ["ro"], own: ["ro"] },
  { name: "rw", options: ["ro", "rw"], own: ["rw"] },
  { name: "strictatime", options: ["strictatime"], notOwn: ["relatime", "noatime"] },
  { name: "suid", options: ["nosuid", "suid"], notOwn: ["nosuid"] },
  { name: "symfollow", options: ["nosymfollow", "symfollow"], notOwn: ["nosymfollow"] },
  { name: "sync", options: ["sync"], superblock: ["sync"] },
];

const CLOSED = ["ro", "nosuid", "nodev", "noexec", "noatime", "nodiratime", "nosymfollow"] as const;

/** A recursive option counts for the mount below too; the tree has the opposite of what is asked for. */
const recursive: readonly Case[] = [
  { name: "ratime", tree: "closed", options: ["ratime"], notOwn: ["noatime"], notBelow: ["noatime"] },
  { name: "rdev", tree: "closed", options: ["rdev"], notOwn: ["nodev"], notBelow: ["nodev"] },
  { name: "rdiratime", tree: "closed", options: ["rdiratime"], notOwn: ["nodiratime"], notBelow: ["nodiratime"] },
  { name: "rexec", tree: "closed", options: ["rexec"], notOwn: ["noexec"], notBelow: ["noexec"] },
  { name: "rnoatime", tree: "open", options: ["rnoatime"], own: ["noatime"], below: ["noatime"] },
  { name: "rnodev", tree: "open", options: ["rnodev"], own: ["nodev"], below: ["nodev"] },
  { name: "rnodiratime", tree: "open", options: ["rnodiratime"], own: ["nodiratime"], below: ["nodiratime"] },
  { name: "rnoexec", tree: "open", options: ["rnoexec"], own: ["noexec"], below: ["noexec"] },
  { name: "rnorelatime", tree: "open", options: ["rnorelatime", "rstrictatime"], notOwn: ["relatime"], notBelow: ["relatime"] },
  { name: "rnostrictatime", tree: "strict", options: ["rnostrictatime"], own: ["relatime"], below: ["relatime"] },
  { name: "rnosuid", tree: "open", options: ["rnosuid"], own: ["nosuid"], below: ["nosuid"] },
  { name: "rnosymfollow", tree: "open", options: ["rnosymfollow"], own: ["nosymfollow"], below: ["nosymfollow"] },
  { name: "rrelatime", tree: "closed", options: ["rrelatime"], own: ["relatime"], below: ["relatime"] },
  { name: "rro", tree: "open", options: ["rro"], own: ["ro"], below: ["ro"] },
  { name: "rrw", tree: "closed", options: ["rrw"], own: ["rw"], below: ["rw"] },
  { name: "rstrictatime", tree: "open", options: ["rstrictatime"], notOwn: ["relatime"], notBelow: ["relatime", "noatime"] },
  { name: "rsuid", tree: "closed", options: ["rsuid"], notOwn: ["nosuid"], notBelow: ["nosuid"] },
  { name: "rsymfollow", tree: "closed", options: ["rsymfollow"], notOwn: ["nosymfollow"], notBelow: ["nosymfollow"] },
];

const propagation: readonly Case[] = [
  { name: "private", options: ["private"], propagation: /^$/ },
  { name: "rprivate", options: ["rprivate"], propagation: /^$/, propagationBelow: /^$/ },
  { name: "shared", options: ["shared"], propagation: /^shared:\d+/, propagationBelow: /^(?!shared)/ },
  { name: "rshared", options: ["rshared"], propagation: /^shared:\d+/, propagationBelow: /^shared:\d+/ },
  { name: "slave", options: ["slave"], propagation: /^master:\d+$/ },
  { name: "rslave", options: ["rslave"], propagation: /^master:\d+$/, propagationBelow: /^master:\d+$/ },
  { name: "unbindable", options: ["unbindable"], propagation: /^unbindable$/, propagationBelow: /^(?!unbindable)/ },
  { name: "runbindable", options: ["runbindable"], propagation: /^unbindable$/, propagationBelow: /^unbindable$/ },
].map((entry) => ({ ...entry, tree: "shared" }) as const);

const cases = [...newMounts, ...recursive, ...propagation];
const c = container(t);

/** A mount with a mount below it, both with `options`. */
function makeTree(name: string, ...options: string[]): void {
  const top = join(c.directory, name);
  const flags = ["-o", ["size=64k", ...options].join(",")];
  for (const path of [top, join(top, "below")]) {
    mkdirSync(path, { recursive: true });
    must(run(["mount", "-t", "tmpfs", ...flags.map((flag) => flag.replace("ro,", "rw,")), name, path]));
  }
  if (options.includes("ro")) for (const path of [join(top, "below"), top]) must(run(["mount", "-o", "remount,bind,ro", path]));
  t.teardown(() => run(["umount", "-R", "-l", top]));
}

makeTree("open");
makeTree("closed", ...CLOSED);
makeTree("strict", "strictatime");
makeTree("shared");
must(run(["mount", "--make-rshared", join(c.directory, "shared")]));

for (const { name, options, tree } of cases) {
  const mount: TestMount = { destination: `/m-${name}`, type: "tmpfs", source: "tmpfs", options: [...options] };
  if (tree !== undefined) Object.assign(mount, { type: "bind", source: join(c.directory, tree), options: ["rbind", ...options] });
  c.config.mounts.push(mount);
}
const pid = skip === false ? c.startSleeping() : 0;

for (const { name, options, ...shows } of cases) {
  t.test(`mount option ${name}`, { skip }, (t) => {
    const mount = mountOn(pid, `/m-${name}`);
    const below = mountOn(pid, `/m-${name}/below`);
    const words = options.join(",");
    t.ok(mount, `${words}: mounted`);
    t.equal(below !== undefined, shows.tree !== undefined, `${words}: the tree as a whole`);
    for (const option of shows.own ?? []) t.ok(mount?.options.includes(option), `${words}: ${option}`);
    for (const option of shows.notOwn ?? []) t.notOk(mount?.options.includes(option), `${words}: not ${option}`);
    for (const option of shows.superblock ?? []) t.ok(mount?.superOptions.includes(option), `${words}: ${option}`);
    for (const option of shows.notSuperblock ?? []) t.notOk(mount?.superOptions.includes(option), `${words}: not ${option}`);
    for (const option of shows.below ?? []) t.ok(below?.options.includes(option), `${words}: ${option} below`);
    for (const option of shows.notBelow ?? []) t.notOk(below?.options.includes(option), `${words}: not ${option} below`);
    if (shows.propagation) t.match(mount?.propagation.join(" "), shows.propagation, words);
    if (shows.propagationBelow) t.match(below?.propagation.join(" "), shows.propagationBelow, `${words}: below`);
    t.end();
  });
}

for (const [name, sees] of [
  ["bind", "top\n"],
  ["rbind", "top\nbelow\n"],
] as const) {
  t.test(`mount option ${name}`, { skip }, (t) => {
    const c = container(t);
    const source = join(c.directory, "source");
    mkdirSync(join(source, "below"), { recursive: true });
    must(run(["mount", "-t", "tmpfs", "tmpfs", join(source, "below")]));
    t.teardown(() => run(["umount", "-l", join(source, "below")]));
    writeFileSync(join(source, "top"), "top\n");
    writeFileSync(join(source, "below/file"), "below\n");
    c.config.mounts.push({ destination: "/b", source, options: [name] });
    t.equal(c.sh("cat /b/top /b/below/file 2> /dev/null; true").stdout, sees);
    t.end();
  });
}

t.test("mount option remount", { skip }, (t) => {
  const c = container(t);
  c.config.mounts.push({ destination: "/r", type: "tmpfs", source: "first", options: ["size=64k"] });
  c.config.mounts.push({ destination: "/r", type: "tmpfs", source: "second", options: ["remount", "ro", "noexec", "size=128k"] });
  const mount = mountOn(c.startSleeping(), "/r");
  t.equal(mount?.source, "first", "the mount that was there");
  for (const option of ["ro", "noexec"]) t.ok(mount?.options.includes(option), option);
  t.ok(mount?.superOptions.includes("size=128k"), "options of the file system too");
  t.end();
});

/** MS_SILENT and MS_I_VERSION show nowhere: what is left is the call itself. mount(2) */
const SILENT = 1 << 15;
const I_VERSION = 1 << 23;
const invisible: readonly { name: string; options: string[]; flags: number }[] = [
  { name: "silent", options: ["silent"], flags: SILENT },
  { name: "loud", options: ["silent", "loud"], flags: 0 },
  { name: "iversion", options: ["iversion"], flags: I_VERSION },
  { name: "noiversion", options: ["iversion", "noiversion"], flags: 0 },
];
for (const { name, options, flags } of invisible) {
  t.test(`mount option ${name}`, { skip }, (t) => {
    const c = container(t);
    c.config.mounts.push({ destination: "/m", type: "ramfs", source: "ramfs", options: ["mode=1733", "nosuid", ...options] });
    c.save();
    const trace = join(c.directory, "trace");
    must(c.command(["--trace", trace, "create", "--bundle", c.bundle, c.id]));
    const mount = mountOn(c.state().pid, "/m");
    t.ok(mount?.options.includes("nosuid"));
    t.ok(mount?.superOptions.includes("mode=1733"));
    t.notOk(mount?.superOptions.includes(name), "it is no option of the file system");
    const calls = readFileSync(trace, "utf8")
      .split("\n")
      .filter((line) => line.includes('"name":"mount",'));
    const given = calls.map((line) => Number(/"arg4":(\d+)/.exec(line)?.[1] ?? 0) & (SILENT | I_VERSION));
    t.strictSame(
      given.filter((bits) => bits !== 0),
      flags === 0 ? [] : [flags],
    );
    t.end();
  });
}

t.test("an option that is not in the table is refused on a bind mount", { skip }, (t) => {
  const c = container(t);
  c.config.mounts.push({ destination: "/m", type: "bind", source: c.directory, options: ["bind", "readonly"] });
  const result = c.create();
  t.equal(result.code, 1);
  t.match(result.stderr, /has "readonly", and a bind mount takes no options of a file system/);
  t.equal(c.status(), "none");
  t.end();
});

t.test("an option that is not in the table goes to the file system", { skip }, (t) => {
  const c = container(t);
  c.config.mounts.push({ destination: "/m", type: "tmpfs", source: "tmpfs", options: ["nr_inodes=77", "mode=1733", "uid=5"] });
  const mount = mountOn(c.startSleeping(), "/m");
  for (const option of ["nr_inodes=77", "mode=1733", "uid=5"]) t.ok(mount?.superOptions.includes(option), option);
  c.delete("--force");
  c.config.mounts.push({ destination: "/n", type: "tmpfs", source: "tmpfs", options: ["no_such_option"] });
  const refused = c.create();
  t.equal(refused.code, 1);
  t.match(refused.stderr, /tmpfs: Unknown parameter 'no_such_option'/, "which says what it does not know");
  t.end();
});
