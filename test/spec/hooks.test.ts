// SPDX-License-Identifier: Apache-2.0
// @lanes host v2
/** config.md, "POSIX-platform Hooks", clause by clause: where each kind runs, when, and what follows when it fails. */
import { existsSync, readFileSync, readdirSync, realpathSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { setNamespace } from "../lib/config.ts";
import { container, must } from "../lib/container.ts";
import type { Container, State } from "../lib/container.ts";
import { cgroupDirectories, isAlive, namespaceOf, parseMountInfo } from "../lib/kernel.ts";
import { cgroupV2, isRunt, unless } from "../lib/lane.ts";
import { waitUntil } from "../lib/run.ts";

const CREATE_KINDS = ["prestart", "createRuntime", "createContainer"] as const;
const RUNTIME_KINDS = ["prestart", "createRuntime", "poststart", "poststop"] as const;
const CONTAINER_KINDS = ["createContainer", "startContainer"] as const;
type Kind = (typeof RUNTIME_KINDS)[number] | (typeof CONTAINER_KINDS)[number];
const NAMESPACES = ["pid", "net", "uts", "ipc", "mnt", ...(cgroupV2 ? ["cgroup"] : [])];

/** Where the hooks of `kind` leave what they saw: on the host, or in the container's root. */
function place(c: Container, kind: Kind): { host: string; own: string } {
  return kind === "startContainer" ? { host: c.rootfs, own: "" } : { host: c.directory, own: c.directory };
}

/** Adds a hook of `kind` that runs `script`, with the state in $STATE. The file exists only where the spec says that it is looked up. */
function addHook(c: Container, kind: Kind, script: string): void {
  const { host, own } = place(c, kind);
  const name = `hook-${kind}-${c.config.hooks?.[kind]?.length ?? 0}`;
  const path = kind === "startContainer" ? "/usr/bin:/bin" : (process.env["PATH"] ?? "/usr/bin:/bin");
  writeFileSync(join(host, name), `#!/bin/sh\nSTATE=$(cat)\n${script}\n`, { mode: 0o755 });
  c.config.hooks ??= {};
  (c.config.hooks[kind] ??= []).push({ path: `${own}/${name}`, args: [name], env: [`PATH=${path}`] });
}

function saw(c: Container, kind: Kind, name: string): string {
  return readFileSync(join(place(c, kind).host, name), "utf8");
}

/** Creates, starts, stops and deletes; returns the pid that the container had. */
function live(c: Container): number {
  const pid = c.startSleeping();
  must(c.kill("KILL"));
  if (!waitUntil(() => c.status() === "stopped")) throw new Error("the container does not stop");
  must(c.delete());
  return pid;
}

t.test(
  "hooks that resolve on the host begin in the bundle's directory, wherever the commands are called",
  { skip: unless(isRunt, "what the spec leaves open") },
  (t) => {
    const c = container(t);
    const kinds = [...RUNTIME_KINDS, "createContainer"] as const;
    for (const kind of kinds) addHook(c, kind, `pwd -P > ${place(c, kind).own}/in-${kind}`);
    live(c);
    for (const kind of kinds) t.equal(saw(c, kind, `in-${kind}`).trim(), realpathSync(c.bundle), kind);
    t.end();
  },
);

t.test("a poststop hook runs without the bundle's directory, too", { skip: unless(isRunt, "what the spec leaves open") }, (t) => {
  const c = container(t);
  addHook(c, "poststop", `touch ${place(c, "poststop").own}/ran`);
  c.startSleeping();
  renameSync(c.bundle, `${c.bundle}-gone`);
  must(c.delete("--force"));
  t.ok(existsSync(join(c.directory, "ran")));
  t.end();
});

t.test("each kind of hook runs in the namespaces that are its own", (t) => {
  const c = container(t);
  for (const kind of [...RUNTIME_KINDS, ...CONTAINER_KINDS]) {
    addHook(c, kind, `for n in ${NAMESPACES.join(" ")}; do readlink /proc/self/ns/$n; done > ${place(c, kind).own}/ns-${kind}`);
  }
  const pid = c.startSleeping();
  const ours = NAMESPACES.map((kind) => `${namespaceOf("self", kind)}\n`).join("");
  const theirs = NAMESPACES.map((kind) => `${namespaceOf(pid, kind)}\n`).join("");
  must(c.delete("--force"));
  for (const kind of RUNTIME_KINDS) t.equal(saw(c, kind, `ns-${kind}`), ours, `${kind} is in the runtime's`);
  for (const kind of CONTAINER_KINDS) t.equal(saw(c, kind, `ns-${kind}`), theirs, `${kind} is in the container's`);
  t.end();
});

t.test("paths of hooks resolve on the host, those of startContainer in the container", (t) => {
  // addHook() puts each file where it may be found, and nowhere else.
  const c = container(t);
  const kinds = [...RUNTIME_KINDS, ...CONTAINER_KINDS];
  for (const kind of kinds) addHook(c, kind, `echo > ${place(c, kind).own}/ran-${kind}`);
  live(c);
  for (const kind of kinds) t.ok(existsSync(join(place(c, kind).host, `ran-${kind}`)), kind);
  for (const kind of RUNTIME_KINDS) t.notOk(existsSync(join(c.rootfs, `ran-${kind}`)), `${kind} sees the host's files`);
  t.end();
});

t.test("hooks of one kind run in the order of their list", (t) => {
  const c = container(t);
  const kinds = [...RUNTIME_KINDS, ...CONTAINER_KINDS];
  for (const kind of kinds) {
    for (const number of [1, 2, 3])
      addHook(c, kind, `sleep 0.0${4 - number}; echo ${number} >> ${place(c, kind).own}/order-${kind}`);
  }
  live(c);
  for (const kind of kinds) t.equal(saw(c, kind, `order-${kind}`), "1\n2\n3\n", kind);
  t.end();
});

t.test("the state on standard input has the pid as the hook's namespace sees it", (t) => {
  const c = container(t);
  for (const kind of [...RUNTIME_KINDS, ...CONTAINER_KINDS])
    addHook(c, kind, `echo "$STATE" > ${place(c, kind).own}/state-${kind}`);
  const pid = live(c);
  const state = (kind: Kind): State => JSON.parse(saw(c, kind, `state-${kind}`));
  for (const kind of [...RUNTIME_KINDS, ...CONTAINER_KINDS]) {
    t.equal(state(kind).id, c.id, `${kind}: id`);
    t.equal(state(kind).bundle, c.bundle, `${kind}: bundle`);
    t.match(state(kind).ociVersion, /^1\./, `${kind}: ociVersion`);
  }
  for (const kind of ["prestart", "createRuntime", "poststart"] as const) t.equal(state(kind).pid, pid, `${kind}: of the host`);
  for (const kind of CONTAINER_KINDS) t.equal(state(kind).pid, 1, `${kind}: of the container`);
  t.equal(state("poststop").status, "stopped");
  t.end();
});

t.test("hooks of create run when the container's mounts are there and its root is not yet moved into", (t) => {
  const c = container(t, (config) => (config.process.args = ["sleep", "100"]));
  const pid = `$(echo "$STATE" | sed 's/.*"pid":\\([0-9]*\\).*/\\1/')`;
  addHook(c, "prestart", `cat /proc/${pid}/mountinfo > ${c.directory}/mounts-prestart`);
  addHook(c, "createRuntime", `cat /proc/${pid}/mountinfo > ${c.directory}/mounts-createRuntime`);
  addHook(c, "createContainer", `cat /proc/self/mountinfo > ${c.directory}/mounts-createContainer`);
  must(c.create());
  for (const kind of CREATE_KINDS) {
    const points = parseMountInfo(saw(c, kind, `mounts-${kind}`)).map(({ point }) => point);
    for (const { destination } of c.config.mounts) t.ok(points.includes(join(c.rootfs, destination)), `${kind}: ${destination}`);
    t.ok(points.includes("/proc"), `${kind}: the host's mounts are still in reach`);
  }
  const { pid: init } = c.state();
  const points = parseMountInfo(readFileSync(`/proc/${init}/mountinfo`, "utf8")).map(({ point }) => point);
  t.notOk(
    points.some((point) => point.startsWith(c.rootfs)),
    "once create has returned they are not",
  );
  t.end();
});

t.test("prestart comes before createRuntime, and createContainer after it, all in create", (t) => {
  const c = container(t, (config) => (config.process.args = ["sleep", "100"]));
  for (const kind of ["createContainer", "createRuntime", "prestart"] as const)
    addHook(c, kind, `echo ${kind} >> ${c.directory}/log`);
  must(c.create());
  t.equal(readFileSync(join(c.directory, "log"), "utf8"), "prestart\ncreateRuntime\ncreateContainer\n");
  t.end();
});

t.test("startContainer hooks belong to start, and end before the program begins", (t) => {
  const c = container(t, (config) => (config.process.args = ["sh", "-c", "echo program >> /log; sleep 100"]));
  addHook(c, "startContainer", "sleep 0.2; echo hook >> /log");
  must(c.create());
  t.notOk(existsSync(join(c.rootfs, "log")), "create does not run it");
  must(c.start());
  t.ok(waitUntil(() => existsSync(join(c.rootfs, "log")) && c.read("log").includes("program")));
  t.equal(c.read("log"), "hook\nprogram\n");
  t.end();
});

t.test("poststart hooks run once the program does, and start waits for them", (t) => {
  const c = container(t, (config) => (config.process.args = ["sleep", "101"]));
  const pid = `$(echo "$STATE" | sed 's/.*"pid":\\([0-9]*\\).*/\\1/')`;
  addHook(c, "poststart", `tr '\\0' ' ' < /proc/${pid}/cmdline > ${c.directory}/program; sleep 0.3; echo > ${c.directory}/done`);
  must(c.create());
  t.notOk(existsSync(join(c.directory, "program")), "create does not run it");
  must(c.start());
  t.ok(existsSync(join(c.directory, "done")), "start returns after it");
  t.equal(readFileSync(join(c.directory, "program"), "utf8"), "sleep 101 ");
  t.end();
});

t.test("poststop hooks run when the container is gone, and delete waits for them", (t) => {
  const c = container(t);
  const gone = join(c.directory, "gone");
  c.config.process.args = ["sleep", "100"];
  must(c.create());
  const cgroups = cgroupDirectories(c.cgroupsPath);
  must(c.delete("--force"));
  const tests = [join(c.stateRoot, c.id), ...cgroups].map((path) => `test -e ${path} && echo ${path}`);
  addHook(c, "poststop", `( ${tests.join("; ")} ) > ${gone}; sleep 0.3; echo > ${c.directory}/done`);
  live(c);
  t.ok(existsSync(join(c.directory, "done")), "delete returns after it");
  t.equal(readFileSync(gone, "utf8"), "", "neither state nor cgroups");
  t.end();
});

const runt = { skip: unless(isRunt, "the reference keeps some of it") };
for (const kind of [...CREATE_KINDS, "startContainer", "poststart"] as const) {
  t.test(`a ${kind} hook that fails: an error, the container destroyed, then its poststop hooks`, runt, (t) => {
    const c = container(t);
    c.config.process.args = ["sleep", "100"];
    must(c.create());
    const cgroups = cgroupDirectories(c.cgroupsPath);
    must(c.delete("--force"));
    addHook(c, kind, `echo first >> ${place(c, kind).own}/log; exit 3`);
    addHook(c, kind, `echo second >> ${place(c, kind).own}/log`);
    const tests = [join(c.stateRoot, c.id), ...cgroups].map((path) => `test -e ${path} && echo ${path} is there`);
    addHook(c, "poststop", `( ${tests.join("; ")}; echo poststop ) >> ${c.directory}/poststop`);
    let pid = 0;
    let result = c.create();
    if (kind === "startContainer" || kind === "poststart") {
      must(result);
      ({ pid } = c.state());
      result = c.start();
    }
    t.equal(result.code, 1);
    t.match(result.stderr, new RegExp(`${kind} hook #0`));
    t.equal(saw(c, kind, "log"), "first\n", "the hooks after it do not run");
    t.equal(c.status(), "none", "the container is destroyed");
    t.strictSame(cgroupDirectories(c.cgroupsPath), [], "its cgroups too");
    t.notOk(existsSync(join(c.stateRoot, c.id)), "and its state");
    if (pid > 0) t.notOk(isAlive(pid), "and its process");
    t.equal(readFileSync(join(c.directory, "poststop"), "utf8"), "poststop\n", "the poststop hooks run once, when all is gone");
    t.end();
  });
}

t.test(
  "a poststop hook that fails is a warning, and the hooks after it run",
  { skip: unless(isRunt, "wording of runt") },
  (t) => {
    const c = container(t);
    addHook(c, "poststop", "exit 7");
    addHook(c, "poststop", `echo > ${c.directory}/second`);
    must(c.create());
    must(c.start());
    t.ok(waitUntil(() => c.status() === "stopped"));
    const log = join(c.directory, "log");
    must(c.command(["--log", log, "--log-level", "warning", "delete", c.id]));
    t.match(readFileSync(log, "utf8"), /warn.*poststop hook #0.*7/);
    t.ok(existsSync(join(c.directory, "second")));
    t.equal(c.status(), "none");
    t.end();
  },
);

t.test("hooks of the runtime's namespaces do not need anything of the image", (t) => {
  const c = container(t, (config) => setNamespace(config, "network"));
  for (const kind of RUNTIME_KINDS) addHook(c, kind, `ls / > ${c.directory}/root-${kind}`);
  live(c);
  const host = readdirSync("/").filter((name) => !name.startsWith("."));
  for (const kind of RUNTIME_KINDS) {
    const seen = saw(c, kind, `root-${kind}`).trim().split("\n");
    t.strictSame(
      host.filter((name) => !seen.includes(name)),
      [],
      kind,
    );
  }
  t.end();
});
