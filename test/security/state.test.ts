// SPDX-License-Identifier: Apache-2.0
// @lanes host v2
/** What runt keeps of a container: nobody else can read it, and a pid in it that is somebody else's by now is not taken for the container. */
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { container, must, recordText, filesDirectory, stateFile, stateNames } from "../lib/container.ts";
import type { Container } from "../lib/container.ts";
import { isAlive, statusField } from "../lib/kernel.ts";
import { isRunt, unless } from "../lib/lane.ts";
import { makeRootless, runAs } from "../lib/rootless.ts";
import { Background, run, waitUntil } from "../lib/run.ts";

const skip = unless(isRunt, "of runt's own files");
const USER = 23456;

function checkModes(t: { equal: (found: unknown, wanted: unknown, name: string) => void }, c: Container): void {
  for (const name of stateNames(c)) t.equal(statSync(join(c.stateRoot, name)).mode & 0o077, 0, name);
  t.equal(statSync(stateFile(c)).mode & 0o7777, 0o600, "the container's state");
  const directory = filesDirectory(c);
  if (!existsSync(directory)) return;
  t.equal(statSync(directory).mode & 0o7777, 0o700, "the container's directory");
  for (const name of readdirSync(directory)) t.equal(statSync(join(directory, name)).mode & 0o077, 0, name);
}

t.test("the state is for its owner alone: created, running and updated, of root and of a user", { skip }, (t) => {
  const c = container(t);
  must(c.create([], { env: { ...process.env } }));
  t.equal(statSync(c.stateRoot).mode & 0o7777, 0o1700, "the root, which is made");
  checkModes(t, c);
  must(c.start());
  checkModes(t, c);
  c.command(["update", "--cpu-share", "512", c.id]);
  checkModes(t, c);
  const mine = container(t);
  makeRootless(mine, USER);
  mine.config.process.args = ["sleep", "100"];
  mine.save();
  must(runAs(mine, USER, { XDG_RUNTIME_DIR: mine.directory }, ["create", "--bundle", mine.bundle, mine.id]));
  checkModes(t, mine);
  t.end();
});

t.test("the umask of the caller opens nothing", { skip }, (t) => {
  const c = container(t, (config) => (config.process.args = ["sleep", "100"]));
  c.save();
  must(run(["sh", "-c", 'umask 0; exec "$@"', "sh", ...c.argv("run", "--detach", "--bundle", c.bundle, c.id)]));
  t.equal(statSync(c.stateRoot).mode & 0o022, 0);
  checkModes(t, c);
  t.end();
});

/** Makes the kernel give out `pid` next; only in a pid namespace of one's own, as each test file has it. */
function nextPid(pid: number): void {
  writeFileSync("/proc/sys/kernel/ns_last_pid", String(pid - 1));
}

/** Another process with this very pid; undefined when the kernel did not play along. */
function reuse(pid: number): Background | undefined {
  for (let attempt = 0; attempt < 20; attempt++) {
    nextPid(pid);
    const other = new Background(["sleep", "60"]);
    if (other.pid === pid) return other;
    other.dispose();
  }
  return undefined;
}

const mayChoose = unless(existsSync("/proc/sys/kernel/ns_last_pid"), "the kernel does not let pids be chosen");

t.test(
  "the container's pid is given to another process: it is neither shown, nor killed, nor joined",
  { skip: mayChoose },
  (t) => {
    const c = container(t);
    const pid = c.startSleeping();
    process.kill(pid, "SIGKILL");
    t.ok(
      waitUntil(() => !existsSync(`/proc/${pid}`)),
      "it is gone, and reaped",
    );
    const other = reuse(pid);
    t.teardown(() => other?.dispose());
    t.equal(other?.pid, pid, "the pid is in use again");
    t.equal(c.status(), "stopped");
    t.not(c.kill("KILL").code, 0);
    t.not(c.kill("--all", "TERM").code === 0 && !isAlive(pid), true);
    t.equal(c.exec(["true"]).code === 0, false);
    for (const command of ["pause", "start"]) t.not(c.command([command, c.id]).code, 0, command);
    t.not(c.command(["update", "--pids-limit", "10", c.id]).code, 0);
    must(c.delete("--force"));
    t.ok(isAlive(pid), "the other process lives");
    t.equal(statusField(pid, "Name"), "sleep");
    t.equal(c.status(), "none");
    t.end();
  },
);

t.test("the pid of a process that never was the container's, in a state that was kept over a reboot", { skip }, (t) => {
  const c = container(t);
  c.startSleeping();
  must(run(["sleep", "0.05"])); // start times are told in hundredths of a second, and are to differ
  const victim = new Background(["sleep", "60"]);
  t.teardown(() => victim.dispose());
  const file = stateFile(c);
  const { pid: real } = c.state();
  const text = readFileSync(file, "utf8");
  writeFileSync(file, text.replace(`"pid":${real},`, `"pid":${victim.pid},`));
  t.equal(JSON.parse(recordText(c)).pid, victim.pid);
  t.equal(c.status(), "stopped");
  t.not(c.kill("KILL").code, 0);
  t.equal(c.exec(["true"]).code, 255);
  must(c.delete("--force"));
  t.ok(isAlive(victim.pid), "the victim lives");
  t.ok(
    waitUntil(() => !isAlive(real)),
    "what is in the container's cgroup does not",
  );
  t.end();
});
