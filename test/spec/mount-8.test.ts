// SPDX-License-Identifier: Apache-2.0
// @lanes host
/** config.md, "Linux mount options": the table as a whole, and the same options given to mount(8). */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { container, must } from "../lib/container.ts";
import { mountOn, parseMountInfo } from "../lib/kernel.ts";
import type { MountInfo } from "../lib/kernel.ts";
import { isRunt, runtime, unless } from "../lib/lane.ts";
import { run } from "../lib/run.ts";

const skip = unless(isRunt, "the reference knows fewer options");
const words = (text: string): string[] => text.trim().split(/\s+/);

const REQUIRED = words(`
  async atime bind defaults dev diratime dirsync exec iversion lazytime loud noatime nodev nodiratime noexec noiversion
  nolazytime norelatime nostrictatime nosuid private rbind relatime remount ro rprivate rshared rslave runbindable rw shared
  silent slave strictatime suid sync unbindable`);
const RECOMMENDED = words(`
  idmap nosymfollow ratime rdev rdiratime rexec ridmap rnoatime rnodiratime rnoexec rnorelatime rnostrictatime rnosuid
  rnosymfollow rrelatime rro rrw rstrictatime rsuid rsymfollow symfollow`);
const ALLOWED = ["mand", "nomand", "tmpcopyup"];

function listed(): string[] {
  return JSON.parse(must(run([runtime, "features"])).stdout).mountOptions;
}

t.test("each option of the table is known to features", { skip }, (t) => {
  const known = listed();
  t.equal(REQUIRED.length + RECOMMENDED.length, 58, "the whole table");
  t.strictSame(
    [...REQUIRED, ...RECOMMENDED].filter((option) => !known.includes(option)),
    [],
  );
  t.end();
});

/** Options of a new file system, as lists for one mount each. Of access times the last word counts, where mount(8) mixes them. */
const lists = words(`
  async sync,async sync dirsync atime noatime noatime,atime nodiratime nodiratime,diratime relatime
  relatime,norelatime norelatime strictatime strictatime,nostrictatime noatime,strictatime
  defaults ro,defaults nosuid,defaults dev nodev nodev,dev exec noexec noexec,exec suid nosuid nosuid,suid ro ro,rw rw,ro
  lazytime lazytime,nolazytime iversion noiversion silent silent,loud
  ro,nosuid,nodev,noexec,noatime,nodiratime size=64k,mode=700,ro nr_inodes=9,noexec`);

/** Runs a script of mounts where it reaches nobody, and returns what is mounted at its end. */
function mountedBy(script: string): Map<string, MountInfo> {
  const all = must(run(["unshare", "-m", "--propagation", "private", "sh", "-ec", `${script}\ncat /proc/self/mountinfo`])).stdout;
  return new Map(parseMountInfo(all).map((mount) => [mount.point, mount]));
}

const sorted = (list: readonly string[] | undefined): string => [...(list ?? ["not mounted"])].sort().join(" ");

/** What the file system was given; whether it can be written to is for its mount to say, which mount(8) says to both. */
const data = (mount: MountInfo | undefined): string => sorted(mount?.superOptions.filter((word) => !/^r[ow]$/.test(word)));

t.test("options mean what they mean to mount(8)", { skip }, (t) => {
  const c = container(t);
  lists.forEach((list, index) =>
    c.config.mounts.push({ destination: `/m${index}`, type: "tmpfs", source: "tmpfs", options: list.split(",") }),
  );
  const directory = (index: number): string => join(c.directory, "mount-8", String(index));
  lists.forEach((_, index) => mkdirSync(directory(index), { recursive: true }));
  const theirs = mountedBy(lists.map((list, index) => `mount -t tmpfs -o ${list} tmpfs ${directory(index)}`).join("\n"));
  const pid = c.startSleeping();
  lists.forEach((list, index) => {
    const [own, other] = [mountOn(pid, `/m${index}`), theirs.get(directory(index))];
    t.equal(sorted(own?.options), sorted(other?.options), `${list}: the mount`);
    t.equal(data(own), data(other), `${list}: the file system`);
  });
  t.end();
});

const binds = words("bind rbind bind,ro rbind,ro,noexec bind,nosuid,nodev,noatime bind,ro,rw rbind,nodiratime,relatime");

t.test("options of bind mounts mean what they mean to mount(8)", { skip }, (t) => {
  const c = container(t);
  const source = join(c.directory, "source");
  const below = join(source, "below");
  const tree = `mount -t tmpfs tree ${source}; mkdir -p ${below}; mount -t tmpfs below ${below}`;
  mkdirSync(source);
  must(run(["sh", "-ec", tree]));
  t.teardown(() => run(["umount", "-R", "-l", source]));
  binds.forEach((list, index) =>
    c.config.mounts.push({ destination: `/m${index}`, type: "bind", source, options: list.split(",") }),
  );
  const directory = (index: number): string => join(c.directory, "mount-8", String(index));
  binds.forEach((_, index) => mkdirSync(directory(index), { recursive: true }));
  const theirs = mountedBy([tree, ...binds.map((list, index) => `mount -o ${list} ${source} ${directory(index)}`)].join("\n"));
  const pid = c.startSleeping();
  binds.forEach((list, index) => {
    for (const place of ["", "/below"]) {
      const [own, other] = [mountOn(pid, `/m${index}${place}`), theirs.get(directory(index) + place)];
      t.equal(sorted(own?.options), sorted(other?.options), `${list}${place}`);
    }
  });
  t.end();
});

t.test("no option beyond the table is one of mount(8) with another meaning", { skip }, (t) => {
  const further = listed().filter((option) => ![...REQUIRED, ...RECOMMENDED, ...ALLOWED].includes(option));
  t.ok(further.includes("src-nofollow"), further.join(" "));
  const c = container(t);
  const target = join(c.directory, "target");
  mkdirSync(target);
  for (const option of further) {
    // What mount(8) does not know it gives to the file system, and tmpfs refuses it by name.
    const result = run(["unshare", "-m", "mount", "-t", "tmpfs", "-o", option, "tmpfs", target]);
    t.not(result.code, 0, `mount(8) does not know ${option}`);
  }
  t.end();
});
