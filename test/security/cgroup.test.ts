// SPDX-License-Identifier: Apache-2.0
// @lanes v2 uml @timeout 120
/** Whom the container reaches through cgroups: without a cgroup namespace it sees those of the host. */
import { chownSync, existsSync, mkdirSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import type { Test } from "tap";
import { mapUsers, mountOf, setNamespace } from "../lib/config.ts";
import type { TestConfig } from "../lib/config.ts";
import { container, must } from "../lib/container.ts";
import type { Container } from "../lib/container.ts";
import { cgroupDirectory, mountOn } from "../lib/kernel.ts";
import { isRunt, runName, unless } from "../lib/lane.ts";
import { asUser, makeRootless, runAs } from "../lib/rootless.ts";
import { run } from "../lib/run.ts";

const USER = 23456;
const BASE = 100000;
let count = 0;

/** A cgroup of the host that belongs to `owner`, as the session of a user does: the owner may make cgroups in it. */
function session(t: Test, owner: number): { readonly name: string; readonly path: string } {
  const name = `${runName}.session${++count}`;
  const path = join("/sys/fs/cgroup", name);
  mkdirSync(path);
  t.teardown(() => {
    for (const directory of [join(path, "control"), join(path, "made"), path]) if (existsSync(directory)) rmdirSync(directory);
  });
  for (const file of ["", "cgroup.procs", "cgroup.subtree_control"]) chownSync(join(path, file), owner, owner);
  must(asUser(owner, {}, ["mkdir", join(path, "control")])); // what keeps the container out is the mount alone
  return { name, path };
}

/** Without a cgroup namespace, and with a mount of its cgroups that is not read-only as far as the config goes. */
function withoutCgroupNamespace(config: TestConfig): void {
  setNamespace(config, "cgroup", null);
  const mount = mountOf(config, "/sys/fs/cgroup");
  mount.options = mount.options?.filter((option) => option !== "ro") ?? [];
}

/** Tries to write into the cgroup of the host in every way, as root of the container's user namespace. */
function attack(name: string): string {
  const at = `/sys/fs/cgroup/${name}`;
  return `ls -d ${at}; mkdir ${at}/made; echo 1 > ${at}/cgroup.procs; echo 0 > ${at}/cgroup.freeze; rmdir ${at}/control; true`;
}

function checkAttack(t: Test, result: { readonly stdout: string; readonly stderr: string }, name: string, path: string): void {
  t.equal(result.stdout, `/sys/fs/cgroup/${name}\n`, `the cgroup of the host is in sight: ${result.stderr}`);
  t.equal(result.stderr.match(/Read-only file system/g)?.length, 4, result.stderr);
  t.notOk(existsSync(join(path, "made")));
  t.ok(existsSync(join(path, "control")));
}

for (const type of ["cgroup", "cgroup2"]) {
  t.test(`CVE-2023-25809: a ${type} mount in a user namespace without cgroup namespace gives EROFS`, (t) => {
    const c = container(t, (config) => {
      mapUsers(config, BASE);
      withoutCgroupNamespace(config);
      mountOf(config, "/sys/fs/cgroup").type = type;
    });
    must(run(["chown", "-Rh", `${BASE}:${BASE}`, c.bundle]));
    const { name, path } = session(t, BASE);
    checkAttack(t, must(c.sh(attack(name))), name, path);
    t.end();
  });
}

/** A rootless container that sees the host's /sys, and a mount of cgroups on it. */
function rootless(c: Container): void {
  makeRootless(c, USER);
  withoutCgroupNamespace(Object.assign(c.config, { mounts: [...c.config.mounts, cgroupMount()] }));
}

function cgroupMount(): TestConfig["mounts"][number] {
  return { destination: "/sys/fs/cgroup", type: "cgroup", source: "cgroup", options: ["nosuid", "noexec", "nodev"] };
}

t.test("CVE-2023-25809: the cgroup mount of a rootless container without cgroup namespace gives EROFS", (t) => {
  const c = container(t);
  rootless(c);
  const { name, path } = session(t, USER);
  c.config.process.args = ["sh", "-c", attack(name)];
  c.save();
  checkAttack(t, must(runAs(c, USER, { XDG_RUNTIME_DIR: c.directory }, ["run", "--bundle", c.bundle, c.id])), name, path);
  t.end();
});

t.test("CVE-2023-25809: with a cgroup namespace, what is mounted is the container's own and nothing above", (t) => {
  const c = container(t, (config) => {
    mapUsers(config, BASE);
    const mount = mountOf(config, "/sys/fs/cgroup");
    mount.options = mount.options?.filter((option) => option !== "ro") ?? [];
  });
  must(run(["chown", "-Rh", `${BASE}:${BASE}`, c.bundle]));
  const { name } = session(t, BASE);
  const pid = c.startSleeping();
  t.match(mountOn(pid, "/sys/fs/cgroup")?.root, new RegExp(`^(/|${c.cgroupsPath})$`));
  t.not(c.exec(["ls", "-d", `/sys/fs/cgroup/${name}`]).code, 0);
  t.not(c.exec(["ls", "-d", `/sys/fs/cgroup/../../${name}`]).code, 0);
  t.end();
});

t.test('".." leads neither exec --cgroup nor the delegate annotation out of the container\'s cgroup', (t) => {
  const c = container(t);
  const pid = c.startSleeping();
  const own = cgroupDirectory(pid, "");
  mkdirSync(join(own ?? "", "a/b"), { recursive: true });
  for (const path of ["..", "/..", "a/..", "/a/../..", "a/b/../../..", "/../", "./../x", `/../${runName}.session0`]) {
    const result = c.exec(["true"], ["--cgroup", path]);
    t.equal(result.code, 255, path);
    if (isRunt) t.match(result.stderr, /--cgroup|cgroup/);
  }
  t.equal(c.exec(["true"], ["--cgroup", "/a/b"]).code, 0, "below is allowed");
  t.end();
});

t.test('".." in the annotation run.oci.delegate-cgroup is refused', { skip: unless(isRunt, "of crun and runt") }, (t) => {
  for (const name of ["..", "../x", "a/../..", "a/.."]) {
    const c = container(t, (config) => (config.annotations = { "run.oci.delegate-cgroup": name }));
    const result = c.create();
    t.equal(result.code, 1, name);
    t.match(result.stderr, /run\.oci\.delegate-cgroup/);
    t.equal(c.status(), "none");
  }
  t.end();
});
