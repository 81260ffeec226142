// SPDX-License-Identifier: Apache-2.0
// @lanes host v2 uml @timeout 150
/** config-linux.md, "Cgroup ownership": to whom the container's cgroup belongs. */
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { mapUsers, mountOf, setNamespace } from "../lib/config.ts";
import type { TestConfig } from "../lib/config.ts";
import { container, must } from "../lib/container.ts";
import type { Container } from "../lib/container.ts";
import { cgroupDirectories, cgroupDirectory } from "../lib/kernel.ts";
import { cgroupV2, isRunt, unless } from "../lib/lane.ts";
import { run } from "../lib/run.ts";

const v2 = { skip: unless(cgroupV2, "cgroup v1") || unless(isRunt, "the reference differs") };
const DELEGATE = "/sys/kernel/cgroup/delegate";
const UID = 1234;

/** A container that meets every condition, until `change` makes it break one. */
function delegated(t: Parameters<typeof container>[0], change?: (config: TestConfig) => void): Container {
  return container(t, (config) => {
    setNamespace(config, "cgroup");
    config.process.user = { uid: UID, gid: 0 };
    mountOf(config, "/sys/fs/cgroup").options = ["nosuid", "noexec", "nodev", "relatime"];
    change?.(config);
  });
}

/** The owner of the cgroup and of each file in it. */
function owners(directory: string): Map<string, number> {
  const entries = readdirSync(directory).map((name): [string, number] => [name, statSync(join(directory, name)).uid]);
  return new Map([[".", statSync(directory).uid], ...entries]);
}

function expectDelegation(t: Parameters<typeof container>[0], c: Container, files: readonly string[], owner: number): void {
  const directory = cgroupDirectory(c.startSleeping(), "") ?? "";
  for (const [name, uid] of owners(directory)) {
    t.equal(uid, name === "." || files.includes(name) ? owner : 0, `${name} belongs to ${uid}`);
  }
}

const listed = existsSync(DELEGATE) ? readFileSync(DELEGATE, "utf8").trim().split(/\s+/) : [];

t.test("the cgroup and the files to be delegated are given to the user of the process", v2, (t) => {
  t.ok(listed.includes("cgroup.procs"));
  const c = delegated(t);
  expectDelegation(t, c, listed, UID);
  const there = readdirSync(cgroupDirectory(c.state().pid, "") ?? "");
  t.equal(
    c.status(),
    "running",
    `files that are listed and not there do no harm: ${listed.filter((name) => !there.includes(name)).join(" ")}`,
  );
  t.end();
});

t.test("with a user namespace they are given to the id on the host", v2, (t) => {
  const c = delegated(t, (config) => mapUsers(config, 100000));
  for (const path of [c.directory, c.bundle]) must(run(["chown", "-Rh", "100000:100000", path]));
  expectDelegation(t, c, listed, 100000 + UID);
  t.end();
});

/** Puts a list of the test's own, or none, in place of the kernel's: the lane has mounts of its own. */
function replaceList(t: Parameters<typeof container>[0], files?: readonly string[]): void {
  must(run(["mount", "-t", "tmpfs", "tmpfs", "/sys/kernel/cgroup"]));
  t.teardown(() => run(["umount", "/sys/kernel/cgroup"]));
  if (files !== undefined) writeFileSync(DELEGATE, `${files.join("\n")}\n`);
}

t.test("the kernel's list is what counts, and a file of it that is not there does no harm", v2, (t) => {
  const c = delegated(t);
  replaceList(t, ["cgroup.no-such-file", "cgroup.procs", "cgroup.max.depth", "memory.no-such-file"]);
  expectDelegation(t, c, ["cgroup.procs", "cgroup.max.depth"], UID);
  t.end();
});

t.test("without the kernel's list the three files of the spec are given", v2, (t) => {
  replaceList(t);
  t.notOk(existsSync(DELEGATE));
  expectDelegation(t, delegated(t), ["cgroup.procs", "cgroup.subtree_control", "cgroup.threads"], UID);
  t.end();
});

const breaches: readonly { name: string; change: (config: TestConfig) => unknown }[] = [
  { name: "the mount is read-only", change: (config) => mountOf(config, "/sys/fs/cgroup").options?.push("ro") },
  {
    name: "there is no mount of the cgroups",
    change: (config) => (config.mounts = config.mounts.filter(({ type }) => type !== "cgroup")),
  },
  { name: "there is no cgroup namespace", change: (config) => setNamespace(config, "cgroup", null) },
  { name: "the cgroup namespace is joined", change: (config) => setNamespace(config, "cgroup", "/proc/self/ns/cgroup") },
  { name: "the mount's source is not called cgroup", change: (config) => (mountOf(config, "/sys/fs/cgroup").source = "cgroup2") },
  { name: "the mount is elsewhere", change: (config) => (mountOf(config, "/sys/fs/cgroup").destination = "/cgroups") },
];
for (const { name, change } of breaches) {
  t.test(`nothing is given when ${name}`, v2, (t) => {
    const directory = cgroupDirectory(delegated(t, change).startSleeping(), "") ?? "";
    for (const [file, uid] of owners(directory)) t.equal(uid, 0, file);
    t.end();
  });
}

t.test("nothing is given on cgroup v1", { skip: unless(!cgroupV2, "cgroup v2") }, (t) => {
  const c = delegated(t);
  c.startSleeping();
  for (const directory of cgroupDirectories(c.cgroupsPath)) {
    for (const [file, uid] of owners(directory)) t.equal(uid, 0, join(directory, file));
  }
  t.end();
});
