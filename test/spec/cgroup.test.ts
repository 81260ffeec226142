// SPDX-License-Identifier: Apache-2.0
// @lanes host v2 uml @timeout 150
/** config-linux.md, "Control groups", "Cgroups Path", "PIDs", "Unified" and the check before an update of memory. */
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { container, must } from "../lib/container.ts";
import { cgroupDirectories, cgroupDirectory, statusField } from "../lib/kernel.ts";
import { cgroupV2, controllers, isRunt, unless } from "../lib/lane.ts";
import { Background, waitUntil } from "../lib/run.ts";

const here = controllers();
const needs = (...names: string[]): string | false =>
  unless(
    names.every((name) => here.includes(name)),
    `no ${names.join(", ")} here`,
  );
const v2 = unless(cgroupV2, "cgroup v1");
/** Where the container's cgroup is looked at: pids is on every v1 host. */
const directoryOf = (pid: number): string => cgroupDirectory(pid, "pids") ?? "none";

/** Removes an empty cgroup; false while the kernel still has its last process. */
function removed(path: string): boolean {
  try {
    rmdirSync(path);
    return true;
  } catch {
    return !existsSync(path);
  }
}

t.test("a frozen cgroup is refused", { skip: (!cgroupV2 && needs("freezer")) || unless(isRunt, "the reference warns") }, (t) => {
  const c = container(t);
  const path = join("/sys/fs/cgroup", cgroupV2 ? "" : "freezer", c.cgroupsPath);
  mkdirSync(path);
  t.teardown(() => existsSync(path) && rmdirSync(path));
  const [file, frozen, thawed] = cgroupV2 ? ["cgroup.freeze", "1", "0"] : ["freezer.state", "FROZEN", "THAWED"];
  writeFileSync(join(path, file ?? ""), frozen ?? "");
  t.teardown(() => existsSync(path) && writeFileSync(join(path, file ?? ""), thawed ?? ""));
  const result = c.create();
  t.equal(result.code, 1);
  t.match(result.stderr, /frozen/);
  t.equal(c.status(), "none");
  t.end();
});

t.test("a cgroup with processes of somebody else is refused", { skip: unless(isRunt, "the reference warns") }, (t) => {
  const first = container(t);
  first.startSleeping();
  const second = container(t, (config) => (config.linux.cgroupsPath = first.cgroupsPath));
  const result = second.create();
  t.equal(result.code, 1);
  t.match(result.stderr, /not empty/);
  t.equal(second.status(), "none");
  t.equal(first.status(), "running");
  t.end();
});

t.test("a cgroup in a threaded subtree is refused, with the reason", { skip: v2 || unless(isRunt, "wording of runt") }, (t) => {
  const c = container(t);
  const path = join("/sys/fs/cgroup", c.cgroupsPath);
  const places = [path, join(path, "threads"), join(path, "below")];
  t.teardown(() => places.toReversed().forEach((place) => removed(place)));
  for (const place of places) mkdirSync(place);
  writeFileSync(join(path, "threads/cgroup.type"), "threaded");
  c.config.linux.cgroupsPath += "/below";
  const result = c.create();
  t.equal(result.code, 1);
  t.match(result.stderr, /clone into the cgroup: .*\nhint: .*threaded subtree/);
  t.equal(c.status(), "none");
  t.ok(existsSync(join(path, "below")), "it was there before, and stays");
  t.end();
});

t.test("an absolute cgroupsPath counts from the mount point of the cgroups", (t) => {
  const c = container(t, (config) => (config.linux.cgroupsPath = `${config.linux.cgroupsPath}/a/b`));
  const pid = c.startSleeping();
  t.equal(directoryOf(pid), join("/sys/fs/cgroup", cgroupV2 ? "" : "pids", c.cgroupsPath, "a/b"));
  must(c.delete("--force"));
  for (const path of cgroupDirectories(`${c.cgroupsPath}/a`)) rmdirSync(path);
  for (const path of cgroupDirectories(c.cgroupsPath)) rmdirSync(path);
  t.end();
});

for (const kind of ["absolute", "relative"] as const) {
  t.test(`an ${kind} cgroupsPath is the same place each time`, (t) => {
    const c = container(t, (config) => {
      if (kind === "relative") config.linux.cgroupsPath = config.linux.cgroupsPath.slice(1);
    });
    const places = [1, 2].map(() => {
      const place = directoryOf(c.startSleeping());
      must(c.kill("KILL"));
      waitUntil(() => c.status() === "stopped");
      must(c.delete());
      return place;
    });
    t.match(places[0], new RegExp(`/${c.id}$`));
    t.equal(places[1], places[0]);
    t.end();
  });
}

t.test("a cgroupsPath that names no cgroup is an error", { skip: unless(isRunt, "the reference takes some") }, (t) => {
  for (const path of ["/", "/a/..", "slice:prefix:name"]) {
    const c = container(t, (config) => (config.linux.cgroupsPath = path));
    const result = c.create();
    t.equal(result.code, 1, path);
    t.match(result.stderr, /cgroupsPath/, path);
    t.equal(c.status(), "none");
  }
  t.end();
});

t.test(
  "pids.limit 0 is a limit, and -1 is none",
  { skip: needs("pids") || unless(isRunt, "the reference takes 0 as not set") },
  (t) => {
    const none = container(t, (config) => (config.linux.resources.pids = { limit: 0 }));
    const max = (pid: number): string => readFileSync(join(directoryOf(pid), "pids.max"), "utf8");
    none.config.process.args = ["sh", "-c", "sleep 0.1; true"];
    must(none.create());
    t.equal(max(none.state().pid), "0\n");
    must(none.start());
    t.ok(waitUntil(() => none.status() === "stopped"));
    const unlimited = container(t, (config) => (config.linux.resources.pids = { limit: -1 }));
    t.equal(max(unlimited.startSleeping()), "max\n");
    t.end();
  },
);

t.test(
  "with pids.limit 0 the process can make no other",
  { skip: needs("pids") || unless(isRunt, "the reference takes 0 as not set") },
  (t) => {
    const c = container(t, (config) => (config.linux.resources.pids = { limit: 0 }));
    t.match(c.sh("sleep 0.1 & wait; echo on").stderr, /can't fork|Resource temporarily unavailable/);
    t.end();
  },
);

t.test("unified: a file that the runtime does not know is written", { skip: v2 }, (t) => {
  const c = container(
    t,
    (config) => (config.linux.resources["unified"] = { "cgroup.max.depth": "7", "cgroup.max.descendants": "9" }),
  );
  const directory = directoryOf(c.startSleeping());
  t.equal(readFileSync(join(directory, "cgroup.max.depth"), "utf8"), "7\n");
  t.equal(readFileSync(join(directory, "cgroup.max.descendants"), "utf8"), "9\n");
  t.end();
});

t.test("unified: a controller that is not there is an error", { skip: v2 }, (t) => {
  for (const unified of [
    { "nosuch.max": "1" },
    { "cgroup.nosuch": "1" },
    ...(here.includes("memory") ? [] : [{ "memory.max": "1048576" }]),
  ]) {
    const c = container(t, (config) => (config.linux.resources["unified"] = unified));
    const result = c.create();
    t.equal(result.code, 1, JSON.stringify(unified));
    t.match(result.stderr, new RegExp(Object.keys(unified)[0] ?? "none"));
    t.equal(c.status(), "none");
    t.strictSame(cgroupDirectories(c.cgroupsPath), []);
  }
  t.end();
});

/** A controller that no threaded cgroup has, with a file of it and a value. */
const [controller, file, value] = here.includes("memory")
  ? ["memory", "memory.max", "104857600"]
  : ["hugetlb", "hugetlb.2MB.max", "2097152"];

t.test("unified: a controller that cannot be enabled is an error", { skip: v2 || needs(controller) }, (t) => {
  const above = `${container(t).cgroupsPath}`;
  const path = join("/sys/fs/cgroup", above);
  mkdirSync(path);
  t.teardown(() => waitUntil(() => removed(path)));
  const held = new Background(["sh", "-c", `echo $$ > ${path}/cgroup.procs && exec sleep 100`]);
  t.teardown(() => held.dispose());
  t.ok(waitUntil(() => readFileSync(join(path, "cgroup.procs"), "utf8") !== ""));
  const c = container(t, (config) => {
    config.linux.cgroupsPath = `${above}/below`;
    config.linux.resources["unified"] = { [file]: value };
  });
  const result = c.create();
  t.equal(result.code, 1);
  t.match(
    result.stderr,
    new RegExp(`${controller}.*EBUSY.*\nhint: .*has processes of its own`),
    "the cgroup above has processes",
  );
  t.equal(c.status(), "none");
  t.notOk(existsSync(join(path, "below")));
  held.dispose();
  t.ok(waitUntil(() => readFileSync(join(path, "cgroup.procs"), "utf8") === ""));
  t.equal(readFileSync(join(directoryOf(c.startSleeping()), file), "utf8"), `${value}\n`, "without them it is no error");
  t.end();
});

t.test("unified: the controllers of its files are enabled all the way down", { skip: v2 || needs("pids", "memory") }, (t) => {
  const c = container(t, (config) => {
    config.linux.cgroupsPath = `${config.linux.cgroupsPath}/a/b`;
    config.linux.resources["unified"] = { "pids.max": "44", "memory.high": "100663296" };
  });
  const directory = directoryOf(c.startSleeping());
  t.equal(readFileSync(join(directory, "pids.max"), "utf8"), "44\n");
  t.equal(readFileSync(join(directory, "memory.high"), "utf8"), "100663296\n");
  for (const name of ["pids", "memory"]) t.match(readFileSync(join(directory, "cgroup.controllers"), "utf8"), name);
  t.end();
});

t.test("unified is an error on cgroup v1, which has no such files", { skip: unless(!cgroupV2, "cgroup v2") }, (t) => {
  for (const unified of [{ "pids.max": "10" }, { "io.max": "8:0 rbps=1" }]) {
    const c = container(t, (config) => (config.linux.resources["unified"] = unified));
    const result = c.create();
    t.equal(result.code, 1);
    t.match(result.stderr, /unified/);
    t.equal(c.status(), "none");
  }
  t.end();
});

t.test(
  "checkBeforeUpdate: a limit below the usage is rejected, and the old one stays",
  { skip: needs("memory") || unless(isRunt, "the reference is older") },
  (t) => {
    const directory = (pid: number): string => cgroupDirectory(pid, "memory") ?? "none";
    const file = cgroupV2 ? "memory.max" : "memory.limit_in_bytes";
    const c = container(t, (config) => {
      config.linux.resources.memory = { limit: 128 << 20 };
      config.process.args = ["sh", "-c", "dd if=/dev/zero of=/dev/shm/x bs=1M count=20 2> /dev/null; echo > /up; sleep 100"];
      config.mounts.push({ destination: "/dev/shm", type: "tmpfs", source: "shm", options: ["size=64m"] });
    });
    must(c.create());
    must(c.start());
    t.ok(waitUntil(() => existsSync(join(c.rootfs, "up"))));
    const { pid } = c.state();
    const update = (memory: object): number | undefined =>
      c.command(["update", "--resources", "-", c.id], { input: JSON.stringify({ memory }) }).code;
    t.equal(update({ limit: 4 << 20, checkBeforeUpdate: true }), 1, "below what is in use");
    t.equal(readFileSync(join(directory(pid), file), "utf8"), `${128 << 20}\n`);
    t.match(statusField(pid, "State"), /^S/, "and nothing is killed");
    t.equal(update({ limit: 64 << 20, checkBeforeUpdate: true }), 0, "above it");
    t.equal(readFileSync(join(directory(pid), file), "utf8"), `${64 << 20}\n`);
    t.end();
  },
);
