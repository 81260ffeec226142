// SPDX-License-Identifier: Apache-2.0
// @lanes host v2
/** Hooks: when they run, where, with what on standard input, and what their failure does. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { container, must } from "../lib/container.ts";
import type { Container, State } from "../lib/container.ts";
import { cgroupDirectories } from "../lib/kernel.ts";
import { waitUntil } from "../lib/run.ts";

const POINTS = ["prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"] as const;

/** A hook on the host that appends its name to a log and keeps what it is given. */
function logging(c: Container, name: string): object {
  const script = `cat > ${c.directory}/stdin-${name}; echo ${name} >> ${c.directory}/log; readlink /proc/self/ns/mnt > ${c.directory}/ns-${name}`;
  return { path: "/bin/sh", args: ["sh", "-c", script], env: ["PATH=/usr/bin:/bin"] };
}

function log(c: Container): string[] {
  const path = join(c.directory, "log");
  return existsSync(path) ? readFileSync(path, "utf8").trim().split("\n") : [];
}

t.test("hooks run in their order, each at its moment, with the state on standard input", (t) => {
  const c = container(t, (config) => (config.process.args = ["sleep", "100"]));
  c.config.annotations = { key: "a/b" };
  // The container's own mount namespace has its host path bound in, so that one log serves all hooks.
  c.config.mounts.push({ destination: c.directory, type: "bind", source: c.directory, options: ["bind"] });
  c.config.hooks = Object.fromEntries(POINTS.map((point) => [point, [logging(c, point)]]));
  must(c.create());
  t.strictSame(log(c), ["prestart", "createRuntime", "createContainer"], "create");
  must(c.start());
  t.ok(waitUntil(() => log(c).length >= 5));
  t.strictSame(log(c).slice(3), ["startContainer", "poststart"], "start");
  const pid = c.state().pid;
  must(c.kill("KILL"));
  waitUntil(() => c.status() === "stopped");
  must(c.delete());
  t.strictSame(log(c).slice(5), ["poststop"], "delete");

  const state = (name: string): State => JSON.parse(readFileSync(join(c.directory, `stdin-${name}`), "utf8"));
  for (const point of POINTS) {
    t.equal(state(point).id, c.id, `${point}: id`);
    t.equal(state(point).bundle, c.bundle, `${point}: bundle`);
    t.strictSame(state(point).annotations, { key: "a/b" }, `${point}: annotations`);
  }
  t.equal(state("createRuntime").pid, pid, "the pid as the host sees it");
  t.match(state("createRuntime").status, /^(creating|created)$/);
  t.equal(state("startContainer").status, "created");
  t.equal(state("poststart").status, "running");
  t.equal(state("poststop").status, "stopped");
  t.match(readFileSync(join(c.directory, "stdin-poststart"), "utf8"), /"key":"a\/b"/, "compact, with slashes as they are");

  const namespace = (name: string): string => readFileSync(join(c.directory, `ns-${name}`), "utf8");
  for (const name of ["prestart", "createRuntime", "poststart", "poststop"])
    t.equal(namespace(name), namespace("prestart"), `${name} is the host's`);
  for (const name of ["createContainer", "startContainer"])
    t.not(namespace(name), namespace("prestart"), `${name} is the container's`);
  t.end();
});

t.test("a hook has its own arguments and environment, and nothing of the runtime's", (t) => {
  const c = container(t);
  const script = `echo "$0 $1" > ${c.directory}/out; tr '\\0' '\\n' < /proc/self/environ > ${c.directory}/env; ls /proc/self/fd > ${c.directory}/fds`;
  c.config.hooks = {
    createRuntime: [{ path: "/bin/sh", args: ["sh", "-c", script, "zero", "one"], env: ["ONLY=this", "PATH=/bin:/usr/bin"] }],
  };
  must(c.run([], { env: { ...process.env, HOSTSECRET: "x" } }));
  t.equal(readFileSync(join(c.directory, "out"), "utf8"), "zero one\n");
  t.match(readFileSync(join(c.directory, "env"), "utf8"), /ONLY=this/);
  t.notMatch(readFileSync(join(c.directory, "env"), "utf8"), /HOSTSECRET/);
  // 0, 1, 2, and the one with which ls reads the directory
  t.equal(readFileSync(join(c.directory, "fds"), "utf8"), "0\n1\n2\n3\n");
  t.end();
});

for (const point of ["prestart", "createRuntime", "createContainer"] as const) {
  t.test(`a ${point} hook that fails undoes the create`, (t) => {
    const c = container(t);
    c.config.hooks = { [point]: [{ path: "/bin/sh", args: ["sh", "-c", "echo its words >&2; exit 9"] }] };
    if (point === "createContainer") c.config.hooks["poststop"] = [logging(c, "poststop")];
    const result = c.create();
    t.equal(result.code, 1);
    t.match(result.stderr, new RegExp(`${point}.*#0`));
    t.match(result.stderr, /its words/, "what the hook said is in the message");
    t.match(result.stderr, /9/, "and its exit code");
    t.equal(c.status(), "none");
    t.strictSame(cgroupDirectories(c.cgroupsPath), []);
    t.end();
  });
}

t.test("a startContainer hook that fails keeps the process from running", (t) => {
  const c = container(t, (config) => (config.process.args = ["sh", "-c", "echo > /ran"]));
  c.config.hooks = { startContainer: [{ path: "/bin/false", args: ["false"] }] };
  must(c.create());
  t.not(c.start().code, 0);
  t.notOk(existsSync(join(c.rootfs, "ran")));
  t.ok(waitUntil(() => ["stopped", "none"].includes(c.status())));
  t.end();
});

t.test("a poststop hook that fails does not keep the container", (t) => {
  const c = container(t);
  c.config.hooks = { poststop: [{ path: "/bin/false" }, logging(c, "second")] };
  must(c.create());
  must(c.start());
  waitUntil(() => c.status() === "stopped");
  t.equal(c.delete().code, 0);
  t.equal(c.status(), "none");
  t.strictSame(log(c), ["second"], "and the next hook runs");
  t.end();
});

t.test("a hook that takes longer than its timeout is killed", (t) => {
  const c = container(t);
  c.config.hooks = { createRuntime: [{ path: "/bin/sleep", args: ["sleep", "60"], timeout: 1 }] };
  const begin = performance.now();
  const result = c.create();
  t.equal(result.code, 1);
  t.ok(performance.now() - begin < 8000, "in time");
  t.match(result.stderr, /timeout|timed out/);
  t.equal(c.status(), "none");
  t.end();
});

t.test("a hook that is not there is an error that names it", (t) => {
  const c = container(t);
  c.config.hooks = { createRuntime: [{ path: "/no/such/hook" }] };
  const result = c.create();
  t.equal(result.code, 1);
  t.match(result.stderr, /\/no\/such\/hook/);
  t.match(result.stderr, /no such file or directory/i);
  t.end();
});

t.test("startContainer hooks are looked up in the container", (t) => {
  const c = container(t, (config) => (config.process.args = ["cat", "/by-hook"]));
  writeFileSync(join(c.rootfs, "hook"), "#!/bin/sh\necho made by the hook > /by-hook\n", { mode: 0o755 });
  c.config.hooks = { startContainer: [{ path: "/hook", args: ["hook"], env: ["PATH=/bin"] }] };
  t.equal(c.run().stdout, "made by the hook\n");
  t.end();
});
