// SPDX-License-Identifier: Apache-2.0
// @lanes host v2 @timeout 120
/** Every place that runt makes, opens or covers in a root file system, below links that lead out: nothing of the host is touched. */
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import type { TestConfig } from "../lib/config.ts";
import { container } from "../lib/container.ts";
import type { Container } from "../lib/container.ts";
import { parseMountInfo } from "../lib/kernel.ts";
import { agent, isRunt, unless } from "../lib/lane.ts";
import { Background, eventually } from "../lib/run.ts";
import { untouched, victim } from "../lib/victim.ts";

/** Puts something at `path` of the container. `source` is a directory of the host with a file in it. */
type Use = (config: TestConfig, path: string, source: string) => void;

function mount(type: string, ...options: string[]): Use {
  return (config, destination) => void config.mounts.push({ destination, type, source: type, options });
}
function bind(name: string, ...options: string[]): Use {
  return (config, destination, source) =>
    void config.mounts.push({ destination, type: "bind", source: join(source, name), options: ["bind", ...options] });
}

/** All that writes into a root file system, or covers a part of it. */
const USES: Readonly<Record<string, Use>> = {
  "a new file system": mount("tmpfs"),
  "a tmpfs with what it covers": mount("tmpfs", "tmpcopyup"),
  terminals: mount("devpts", "newinstance"),
  cgroups: mount("cgroup"),
  "a bound directory": bind("."),
  "a bound file": bind("file"),
  "a link made anew": bind("link", "copy-symlink"),
  "a link that is bound": bind("link", "src-nofollow", "dest-nofollow"),
  "a remount": (config, destination) => void config.mounts.push({ destination, type: "none", options: ["remount", "ro"] }),
  "a device": (config, path) => (config.linux.devices = [{ path, type: "c", major: 1, minor: 3 }]),
  "a pipe": (config, path) => (config.linux.devices = [{ path, type: "p" }]),
  "a mask": (config, path) => void config.linux.maskedPaths.push(path),
  "a read-only path": (config, path) => void config.linux.readonlyPaths.push(path),
  "a working directory": (config, path) => (config.process.cwd = path),
};

/** What a link of the image may say to lead to `outside`; before the root is changed, the process has the host's. */
const LINKS: Readonly<Record<string, (outside: string) => string>> = {
  absolute: (outside) => outside,
  relative: (outside) => `../../../../../../../../../..${outside}`,
  "by way of another": () => "first",
  "by way of the root of a process": (outside) => `/proc/1/root${outside}`,
  "by way of the runtime's own": (outside) => `/proc/self/root${outside}`,
  "by way of a working directory": () => "/proc/self/cwd",
};

function sourceOf(c: Container): string {
  const source = join(c.directory, "source");
  mkdirSync(source);
  writeFileSync(join(source, "file"), "of the host\n");
  symlinkSync("file", join(source, "link"));
  return source;
}

/** Mounts of this mount namespace that have to do with the container. */
function mountsOf(c: Container): string[] {
  const mounts = parseMountInfo(readFileSync("/proc/self/mountinfo", "utf8"));
  return mounts.filter(({ point }) => point.startsWith(c.directory)).map(({ point }) => point);
}

for (const [kind, target] of Object.entries(LINKS)) {
  t.test(`below a link that is ${kind}, for create`, { skip: unless(isRunt, "the reference has such flaws") }, (t) => {
    const c = container(t);
    const outside = victim(c);
    const source = sourceOf(c);
    symlinkSync(outside, join(c.rootfs, "first"));
    symlinkSync(target(outside), join(c.rootfs, "link"));
    const original = structuredClone(c.config);
    let made = 0;
    for (const [name, use] of Object.entries(USES)) {
      for (const path of ["/link", "/link/file", "/link/made/below"]) {
        Object.assign(c.config, structuredClone(original));
        use(c.config, path, source);
        if (c.create().code === 0) made++;
        c.delete("--force");
        t.ok(untouched(outside), `${name} at ${path}`);
      }
    }
    t.strictSame(mountsOf(c), [], "no mount on the host");
    t.equal(readFileSync(join(source, "file"), "utf8"), "of the host\n");
    t.ok(made > 0, `${made} containers were made; links into /proc are refused but for covering`);
    t.end();
  });
}

t.test("below a link, for exec and for mounts of a container that runs", { skip: unless(isRunt, "of runt") }, (t) => {
  const c = container(t);
  const outside = victim(c);
  const source = sourceOf(c);
  symlinkSync(outside, join(c.rootfs, "first"));
  c.startSleeping();
  for (const [kind, target] of Object.entries(LINKS)) {
    const link = `/link-${kind.replaceAll(" ", "-")}`;
    symlinkSync(target(outside), join(c.rootfs, link));
    const where = c.exec(["sh", "-c", "ls -a . | wc -l; cat file"], ["--cwd", link]);
    t.notMatch(where.stdout, /untouched/, `exec in ${kind}`);
    for (const use of [USES["a new file system"], USES["a bound directory"], USES["a bound file"], USES["a link made anew"]]) {
      for (const path of [link, `${link}/file`, `${link}/made`]) {
        const added: TestConfig = { ...structuredClone(c.config), mounts: [] };
        use?.(added, path, source);
        const input = JSON.stringify({ mounts: added.mounts });
        const { code } = c.command(["mounts", "add", c.id, "-"], { input });
        t.ok(untouched(outside), `${added.mounts[0]?.type} at ${path}`);
        if (code === 0) c.command(["mounts", "remove", c.id, "-"], { input });
      }
    }
  }
  t.strictSame(mountsOf(c), [], "no mount on the host");
  t.equal(c.status(), "running");
  t.end();
});

t.test("all of them in a directory that becomes a link all the time", { skip: unless(isRunt, "of runt") }, async (t) => {
  const c = container(t);
  const outside = victim(c);
  const source = sourceOf(c);
  mkdirSync(join(c.rootfs, "dir"));
  symlinkSync(`../../../../../../../../../..${outside}`, join(c.rootfs, "swap"));
  const swapper = new Background([agent, "exchange", join(c.rootfs, "dir"), join(c.rootfs, "swap"), "12"]);
  t.teardown(() => swapper.dispose());
  await eventually(() => swapper.stdout.includes("swapping"));
  const original = structuredClone(c.config);
  const uses = Object.values(USES);
  let [made, round] = [0, 0];
  for (const end = performance.now() + 10_000; performance.now() < end && untouched(outside); round++) {
    Object.assign(c.config, structuredClone(original));
    c.config.process.args = ["sleep", "100"];
    // Another one first each time: what fails ends the set-up.
    for (let index = 0; index < 3; index++) uses[(round + index) % uses.length]?.(c.config, `/dir/${round}.${index}`, source);
    if (c.create().code === 0) {
      made++;
      const input = JSON.stringify({ mounts: [{ destination: `/dir/added${round}`, type: "tmpfs", source: "x" }] });
      c.command(["mounts", "add", c.id, "-"], { input });
      t.notMatch(c.exec(["cat", "file"], ["--cwd", "/dir"]).stdout, /untouched/);
    }
    c.delete("--force");
  }
  t.ok(untouched(outside), "nothing made in the host's directory");
  t.strictSame(mountsOf(c), [], "no mount on the host");
  t.ok(made > 0, `${made} of ${round} containers made during the race`);
  const rounds = Number(/rounds (\d+)/.exec((await swapper.end(15)).stdout)?.[1]);
  t.ok(rounds >= 100_000, `${rounds} exchanges`);
});
