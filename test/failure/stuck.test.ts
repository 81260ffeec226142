// SPDX-License-Identifier: Apache-2.0
// @lanes host v2 @timeout 150
/** A process that does not die: kill and delete end in time and say where it waits; when it is let go, delete --force takes all away. */
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import type { Test } from "tap";
import { setNamespace } from "../lib/config.ts";
import { container, must } from "../lib/container.ts";
import type { Container } from "../lib/container.ts";
import { leftovers } from "../lib/faults.ts";
import { cgroupDirectories, cgroupDirectory, isAlive, processesWith } from "../lib/kernel.ts";
import { agent, cgroupV2, findProgram, isRunt, runName, unless } from "../lib/lane.ts";
import { Background, eventually, run, waitUntil } from "../lib/run.ts";
import type { Result } from "../lib/run.ts";

const ours = unless(isRunt, "what the message says, and in which time");
/** Ten seconds for a death, and what it takes to begin and to end on a slow machine. */
const BOUND = 14;

/** Runs commands at once, each with its time in seconds. */
async function timed(c: Container, commands: readonly (readonly string[])[]): Promise<(Result & { seconds: number })[]> {
  const begin = performance.now();
  return Promise.all(
    commands.map(async (command) => {
      const running = c.background(command);
      const result = await running.end(30);
      running.dispose();
      return { ...result, seconds: (performance.now() - begin) / 1000 };
    }),
  );
}

function nothingLeft(t: Test, c: Container): void {
  must(c.delete("--force"));
  t.ok(waitUntil(() => processesWith(c.id).length === 0, 5));
  t.strictSame(leftovers(c, cgroupDirectories(c.cgroupsPath), processesWith(c.id)), []);
  t.equal(c.status(), "none");
}

function checkRefusals(t: Test, c: Container, results: readonly (Result & { seconds: number })[], said: RegExp): void {
  for (const { code, stderr, seconds, timedOut } of results) {
    t.notOk(timedOut);
    t.ok(seconds < BOUND, `${seconds.toFixed(1)} s`);
    t.equal(code, 1);
    t.match(stderr, said);
  }
  t.not(c.status(), "none", "the state stays, for another try");
}

/** A file system that takes a question and never answers it, as a network file system does when its server is gone. */
async function muteFileSystem(t: Test, c: Container): Promise<{ readonly place: string; readonly server: Background }> {
  const place = join(c.directory, "mute");
  mkdirSync(place);
  const server = new Background([agent, "mute", place, "60"]);
  t.teardown(() => {
    server.dispose();
    run(["umount", "-l", place]);
  });
  await eventually(() => server.stdout.includes("mounted") || server.child.exitCode !== null);
  return { place, server };
}

const fuse = ours || unless(readFileSync("/proc/filesystems", "utf8").includes("\tfuse\n"), "the kernel has no fuse");

t.test("a process that waits in the kernel for a file system: state D", { skip: fuse }, async (t) => {
  const c = container(t, (config) => (config.process.args = ["stat", "/mute/name"]));
  const { place, server } = await muteFileSystem(t, c);
  if (server.child.exitCode !== null) throw new Error(server.stderr);
  c.config.mounts.push({ destination: "/mute", type: "bind", source: place, options: ["bind"] });
  mkdirSync(join(c.rootfs, "mute"));
  must(c.create());
  must(c.start());
  const { pid } = c.state();
  await eventually(() => server.stdout.includes("asked"));
  t.match(c.delete(), { code: 1, stderr: /is not stopped/ });
  t.equal(c.kill("KILL").code, 0, "the signal is sent, and nobody waits for its effect");
  t.ok(waitUntil(() => /^State:\s+D/m.test(readFileSync(`/proc/${pid}/status`, "utf8"))));
  const log = join(c.directory, "log");
  // The second one finds the first at work.
  const results = await timed(c, [
    ["kill", "--all", c.id],
    ["kill", "--all", c.id, "KILL"],
    ["--log", log, "--log-format", "json", "delete", "--force", c.id],
    ["delete", "--force", c.id],
  ]);
  t.equal(results[0]?.code, 0, "SIGTERM to all is sent, and nobody waits");
  checkRefusals(t, c, results.slice(1), new RegExp(`${pid} \\(stat, state D, waiting in \\w+\\)`));
  t.match(readFileSync(log, "utf8"), /"code":"process-stuck"/);
  server.dispose();
  must(run(["umount", "-l", place]));
  t.ok(
    waitUntil(() => !isAlive(pid)),
    "it dies when the file system is gone",
  );
  nothingLeft(t, c);
});

t.test("a process whose tracer does not let it be gone keeps the init of its pid namespace", { skip: ours }, async (t) => {
  const c = container(t, (config) => (config.process.args = ["sh", "-c", "sleep 7575 & echo > /up; wait"]));
  must(c.create());
  must(c.start());
  const { pid } = c.state();
  let traced = 0;
  await eventually(() => (traced = processesWith("sleep\x007575")[0] ?? 0) > 0);
  const tracer = new Background([agent, "hold", String(traced), "60"]);
  t.teardown(() => tracer.dispose());
  await eventually(() => tracer.stdout.includes("holding"));
  const results = await timed(c, [["delete", "--force", c.id]]);
  checkRefusals(t, c, results, new RegExp(`process ${pid} \\("sh"\\) does not die: state [SD], waiting in \\w+`));
  t.match(results[0]?.stderr, new RegExp(`^.*container "${c.id}".*\\nhint: `));
  tracer.dispose();
  t.ok(
    waitUntil(() => !isAlive(pid)),
    "it dies when the tracer is gone",
  );
  nothingLeft(t, c);
});

t.test("a cgroup that is frozen from above", { skip: ours }, async (t) => {
  const parent = `/${runName}.frozen`;
  const c = container(t, (config) => {
    config.linux.cgroupsPath = `${parent}/own`;
    setNamespace(config, "pid", null);
  });
  const pid = c.startSleeping();
  const directory = join(cgroupDirectory(pid, cgroupV2 ? "" : "freezer") ?? "", "..");
  const freeze = (on: boolean): void => {
    if (cgroupV2) writeFileSync(join(directory, "cgroup.freeze"), on ? "1" : "0");
    else writeFileSync(join(directory, "freezer.state"), on ? "FROZEN" : "THAWED");
  };
  t.teardown(() => {
    freeze(false);
    c.delete("--force");
    for (const path of cgroupDirectories(parent)) rmdirSync(path);
  });
  freeze(true);
  const results = await timed(c, [["delete", "--force", c.id]]);
  if (cgroupV2) {
    t.match(results, [{ code: 0, stderr: "" }], "cgroup v2 lets the frozen die");
  } else {
    checkRefusals(t, c, results.slice(0, 1), new RegExp(`${pid} \\(sleep, state [DS], waiting in \\w+\\)`));
    freeze(false);
    t.ok(
      waitUntil(() => !isAlive(pid)),
      "it dies when the cgroup is thawed",
    );
  }
  must(c.delete("--force"));
  t.strictSame(cgroupDirectories(`${parent}/own`), []);
});

const KILLERS: readonly (readonly string[])[] = [
  ["kill", "KILL"],
  ["kill", "--all", "KILL"],
  ["delete", "--force"],
];

for (const shared of [false, true]) {
  t.test(`a paused container dies ${shared ? "without" : "with"} a pid namespace of its own, and is not left frozen`, (t) => {
    for (const [command = "", ...flags] of KILLERS) {
      const c = container(t, (config) => {
        if (shared) setNamespace(config, "pid", null);
        config.process.args = ["sh", "-c", "sleep 7676 & sleep 7676 & echo > /up; wait"];
      });
      must(c.create());
      must(c.start());
      t.equal(c.exec(["sh", "-c", "until [ -e /up ]; do sleep 0.05; done"]).code, 0);
      must(c.command(["pause", c.id]));
      const args = command === "kill" ? [...flags.filter((flag) => flag.startsWith("-")), c.id, "KILL"] : [...flags, c.id];
      const result = c.command([command, ...args], { timeout: 20 });
      t.equal(result.code, 0, `${command} ${flags.join(" ")}: ${result.stderr}`);
      t.ok(
        waitUntil(() => processesWith("sleep\x007676").length === 0, 5),
        "all of them",
      );
      nothingLeft(t, c);
    }
    t.end();
  });
}

const strace = findProgram("strace");

t.test(
  "cgroup.kill is written where there is one",
  {
    skip:
      ours ||
      unless(strace !== undefined, "strace is not installed") ||
      unless(cgroupV2 || existsSync("/sys/fs/cgroup/unified/cgroup.procs"), "no cgroup v2 hierarchy"),
  },
  (t) => {
    const c = container(t, (config) => {
      setNamespace(config, "pid", null);
      config.process.args = ["sh", "-c", "sleep 7777 & sleep 7777 & echo > /up; wait"];
    });
    must(c.run(["--detach"]));
    t.equal(c.exec(["sh", "-c", "until [ -e /up ]; do sleep 0.05; done"]).code, 0);
    const file = join("/sys/fs/cgroup", cgroupV2 ? "" : "unified", c.cgroupsPath, "cgroup.kill");
    const trace = join(c.directory, "trace");
    const { code } = run([strace ?? "", "-f", "-o", trace, "-e", "trace=openat,open", ...c.argv("delete", "--force", c.id)]);
    t.equal(code, 0);
    t.match(readFileSync(trace, "utf8"), `"${file}"`);
    t.ok(waitUntil(() => processesWith("sleep\x007777").length === 0, 5));
    t.end();
  },
);
