// SPDX-License-Identifier: Apache-2.0
// @lanes host v2
/** `run` in the foreground: output, exit codes, and nothing left at the end. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { container, must } from "../lib/container.ts";
import { cgroupDirectories, isAlive } from "../lib/kernel.ts";
import { waitUntil } from "../lib/run.ts";

t.test("run passes the process's output and its success on", (t) => {
  const c = container(t);
  const result = c.sh("echo out; echo err >&2");
  t.equal(result.code, 0);
  t.equal(result.stdout, "out\n");
  t.equal(result.stderr, "err\n");
  t.end();
});

t.test("run passes standard input on", (t) => {
  const c = container(t);
  t.equal(c.sh("cat", { input: "through\n" }).stdout, "through\n");
  t.end();
});

const codes: readonly { script: string; code: number }[] = [
  { script: "exit 0", code: 0 },
  { script: "exit 1", code: 1 },
  { script: "exit 42", code: 42 },
  { script: "exit 255", code: 255 },
];
for (const { script, code } of codes) {
  t.test(`run ends with the code of "${script}"`, (t) => {
    t.equal(container(t).sh(script).code, code);
    t.end();
  });
}

t.test("run ends with 128 + the signal that killed the process", async (t) => {
  const c = container(t);
  c.config.process.args = ["sleep", "100"];
  c.save();
  const running = c.background(["run", "--bundle", c.bundle, c.id]);
  t.teardown(() => running.dispose());
  t.ok(
    waitUntil(() => c.status() === "running"),
    "it runs",
  );
  must(c.kill("KILL"));
  t.equal((await running.end()).code, 137);
});

t.test("run in the foreground forwards signals to the process", async (t) => {
  const c = container(t);
  c.config.process.args = ["sh", "-c", "trap 'echo got; exit 7' USR1; echo ready; while :; do sleep 0.1; done"];
  c.save();
  const running = c.background(["run", "--bundle", c.bundle, c.id]);
  t.teardown(() => running.dispose());
  t.ok(
    waitUntil(() => running.stdout.includes("ready")),
    "it runs",
  );
  running.child.kill("SIGUSR1");
  const result = await running.end();
  t.equal(result.code, 7);
  t.match(result.stdout, /got/);
});

t.test("a run that fails says why, whoever of runtime and init is faster", (t) => {
  const c = container(t, (config) => (config.process.args = ["nosuch"]));
  for (let times = 0; times < 40; times++)
    t.match(c.run(), { code: 1, stderr: /executable file not found in \$PATH/ }, `time ${times}`);
  t.end();
});

t.test("run leaves no state, process or cgroup behind", (t) => {
  const c = container(t);
  t.equal(c.sh("sleep 100 & sleep 100 & echo $$").code, 0);
  t.notOk(existsSync(join(c.stateRoot, c.id)), "state directory");
  t.strictSame(cgroupDirectories(c.cgroupsPath), [], "cgroups");
  t.equal(c.status(), "none");
  t.end();
});

t.test("run --keep leaves a stopped container that delete removes", (t) => {
  const c = container(t);
  t.equal(c.run(["--keep"]).code, 0);
  t.equal(c.status(), "stopped");
  t.equal(c.delete().code, 0);
  t.equal(c.status(), "none");
  t.end();
});

t.test("run --detach returns at once, with the container running and its pid in the file", (t) => {
  const c = container(t, (config) => (config.process.args = ["sleep", "100"]));
  const file = join(c.directory, "pid");
  t.equal(c.run(["--detach", "--pid-file", file]).code, 0);
  const pid = c.state().pid;
  t.equal(readFileSync(file, "utf8"), String(pid), "the pid, with no newline");
  t.equal(c.status(), "running");
  t.ok(isAlive(pid));
  must(c.kill("KILL"));
  t.ok(waitUntil(() => c.status() === "stopped"));
  t.equal(c.delete().code, 0);
  t.end();
});

t.test("the runtime does not stay between a detached container and its caller", (t) => {
  const c = container(t, (config) => (config.process.args = ["sleep", "100"]));
  must(c.run(["--detach"]));
  const stat = readFileSync(`/proc/${c.state().pid}/stat`, "utf8");
  const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  t.notMatch(readFileSync(`/proc/${parent}/cmdline`, "utf8"), c.id);
  t.end();
});
