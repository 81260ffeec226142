// SPDX-License-Identifier: Apache-2.0
// @lanes host v2 @timeout 120
/** A cgroup that is in somebody else's use is never taken for the container's own, at whatever moment create is killed. */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { container } from "../lib/container.ts";
import { callsOf, failing, faultyRuntime, leftovers } from "../lib/faults.ts";
import type { Call } from "../lib/faults.ts";
import { cgroupDirectories, isAlive } from "../lib/kernel.ts";
import { cgroupV2, isRunt, runName, unless } from "../lib/lane.ts";
import { Background } from "../lib/run.ts";

/** A process of the host in a cgroup of this path, in as many hierarchies as will have it. */
function occupy(path: string): { readonly pid: number; readonly directories: string[]; readonly dispose: () => void } {
  const sleeper = new Background(["sleep", "100"]);
  const roots = cgroupV2
    ? ["/sys/fs/cgroup"]
    : ["devices", "freezer", "memory", "pids", "unified"].map((name) => join("/sys/fs/cgroup", name));
  const directories = roots.filter(existsSync).map((root) => join(root, path));
  for (const directory of directories) {
    mkdirSync(directory);
    writeFileSync(join(directory, "cgroup.procs"), String(sleeper.pid));
  }
  return { pid: sleeper.pid, directories, dispose: () => sleeper.dispose() };
}

/** From the claim of the id on; before that nothing has been touched. */
function afterClaim(calls: readonly Call[]): Call[] {
  return calls.slice(calls.findIndex(({ name }) => name === "mkdirat"));
}

const skip = unless(isRunt && existsSync(faultyRuntime), "build/runt-faults is not built");

t.test("create is killed at each call; delete --force does not touch who was in the cgroup before", { skip }, (t) => {
  const path = `/${runName}.occupied`;
  const other = occupy(path);
  t.teardown(other.dispose);
  t.ok(other.directories.length > 0);
  const c = container(t, (config) => (config.linux.cgroupsPath = path), { runtime: faultyRuntime });
  const calls = callsOf((env) => {
    const refused = c.create([], { env });
    t.match(refused, { code: 1, stderr: /container's cgroup is not empty: 1 process/ });
  });
  t.ok(calls.some(({ name }) => name === "unlinkat"));
  const problems: string[] = [];
  for (const call of afterClaim(calls)) {
    c.create([], { env: failing(call, "kill") });
    const where = `${call.number} ${call.name}`;
    if (c.kill("--all", "KILL").code === 0 && !isAlive(other.pid)) problems.push(`${where}: kill --all kills it`);
    const deleted = c.command(["delete", "--force", c.id]);
    if (deleted.code !== 0) problems.push(`${where}: ${deleted.stderr}`);
    problems.push(...leftovers(c, [], []).map((left) => `${where}: leaves ${left}`));
    if (!isAlive(other.pid)) problems.push(`${where}: it is dead`);
    for (const directory of other.directories) if (!existsSync(directory)) problems.push(`${where}: ${directory} is gone`);
    if (problems.length > 0) break;
  }
  t.strictSame(problems, []);
  t.end();
});

t.test("create is killed at each call before its own cgroup is known to be its own; nothing is left", { skip }, (t) => {
  const c = container(t, undefined, { runtime: faultyRuntime });
  const calls = callsOf((env) => c.create([], { env })).filter(({ role }) => role === "parent");
  c.delete("--force");
  const problems: string[] = [];
  for (const call of afterClaim(calls).slice(0, 50)) {
    c.create([], { env: failing(call, "kill") });
    const where = `${call.number} ${call.name}`;
    if (c.command(["delete", "--force", c.id]).code !== 0) problems.push(`${where}: delete fails`);
    problems.push(...leftovers(c, cgroupDirectories(c.cgroupsPath), []).map((left) => `${where}: leaves ${left}`));
  }
  t.strictSame(problems.slice(0, 5), []);
  t.end();
});

t.test("an empty cgroup that was there before is used, and goes with the container", (t) => {
  const c = container(t);
  const root = cgroupV2 ? "/sys/fs/cgroup" : "/sys/fs/cgroup/devices";
  mkdirSync(join(root, c.cgroupsPath));
  t.equal(c.run().code, 0);
  t.strictSame(
    readdirSync(root).filter((name) => `/${name}` === c.cgroupsPath),
    [],
  );
  t.end();
});
