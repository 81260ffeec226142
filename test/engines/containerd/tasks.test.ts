// SPDX-License-Identifier: Apache-2.0
// @lanes engines @timeout 180
/** containerd by `ctr`: what its tasks do, and what the kernel says of it. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { cgroupDirectory, isAlive, namespaceOf } from "../../lib/kernel.ts";
import { waitUntil } from "../../lib/run.ts";
import { RESIZING, TELLS_SIZE } from "../../lib/terminal.ts";
import { compare } from "../lib/compare.ts";
import type { Case } from "../lib/compare.ts";
import { CONTAINERD_NEEDS, Containerd, containerdName } from "../lib/containerd.ts";

const SLEEP = "exec sleep 1000";
const COUNTING = "i=0; while :; do i=$((i+1)); echo $i > /tmp/new; mv /tmp/new /tmp/count; sleep 0.02; done";

const count = (engine: Containerd, pid: number): number => Number(engine.read(pid, "/tmp/count"));

/** A number in the file of the memory controller, or of another, of `pid`. */
function cgroupNumber(pid: number, controller: string, file: string): number {
  return Number(readFileSync(join(cgroupDirectory(pid, controller) ?? "", file), "utf8"));
}

const tasks: Case<Containerd>[] = [
  {
    name: "tasks exec: streams, exit code, user and directory",
    run: (engine) => {
      engine.start("a", SLEEP);
      const script = "id -u; pwd; echo err >&2; exit 3";
      const { code, stdout, stderr } = engine.exec("a", ["sh", "-c", script], "--user", "1000", "--cwd", "/tmp");
      assert.deepEqual({ code, stdout, stderr }, { code: 3, stdout: "1000\n/tmp\n", stderr: "err\n" });
    },
  },
  {
    name: "tasks exec: a program that is missing is told",
    run: (engine) => {
      const pid = engine.start("a", SLEEP);
      assert.match(engine.exec("a", ["/no/such"]).stderr, /no such file or directory/);
      assert.match(engine.exec("a", ["nothing"]).stderr, /executable file not found in \$PATH/);
      assert.ok(isAlive(pid));
    },
  },
  {
    name: "tasks exec --tty",
    run: async (engine) => {
      engine.start("a", SLEEP);
      const args = ["tasks", "exec", "--tty", "--exec-id", "t", "a", "sh"];
      const { code, output } = await engine.onTerminal(args, [{ after: "# ", type: "tty; exit 4\n" }]);
      assert.match(output, /\/dev\/pts\/\d+\r/);
      assert.equal(code, 4);
    },
  },
  {
    name: "tasks exec --tty: the size of the terminal, and its changes",
    run: async (engine) => {
      engine.start("a", SLEEP);
      const args = ["tasks", "exec", "--tty", "--exec-id", "t", "a", "sh", "-c", TELLS_SIZE];
      assert.equal((await engine.onTerminal(args, RESIZING)).code, 4, "all was told");
    },
  },
  {
    name: "tasks exec --detach, ps, kill --exec-id",
    run: (engine) => {
      const pid = engine.start("a", SLEEP);
      engine.ok("tasks", "exec", "--detach", "--exec-id", "second", "a", "sleep", "77");
      const lines = engine.ok("tasks", "ps", "a").split("\n").slice(1);
      const pids = lines.map((line) => Number(line.split(/\s+/)[0]));
      const second = Number(lines.find((line) => line.includes("second"))?.split(/\s+/)[0]);
      assert.ok(pids.includes(pid));
      assert.equal(namespaceOf(second, "pid"), namespaceOf(pid, "pid"));
      engine.ok("tasks", "kill", "--signal", "KILL", "--exec-id", "second", "a");
      assert.ok(waitUntil(() => !isAlive(second)));
      assert.ok(isAlive(pid));
    },
  },
  {
    name: "tasks pause, resume",
    run: (engine) => {
      const pid = engine.start("a", COUNTING);
      assert.ok(waitUntil(() => count(engine, pid) > 3));
      engine.ok("tasks", "pause", "a");
      assert.equal(engine.task("a")?.status, "PAUSED");
      const before = count(engine, pid);
      assert.match(engine.exec("a", ["true"]).stderr, /paused/);
      assert.equal(count(engine, pid), before, "it stands still");
      engine.ok("tasks", "resume", "a");
      assert.equal(engine.task("a")?.status, "RUNNING");
      assert.ok(waitUntil(() => count(engine, pid) > before));
    },
  },
  {
    name: "tasks kill of a paused container, --all",
    run: (engine) => {
      const pid = engine.start("a", SLEEP);
      engine.ok("tasks", "pause", "a");
      engine.ok("tasks", "kill", "--all", "--signal", "KILL", "a");
      assert.ok(waitUntil(() => !isAlive(pid)));
      assert.ok(engine.ended("a"));
    },
  },
  {
    name: "tasks metrics",
    run: (engine) => {
      const pid = engine.start(
        "a",
        "sleep 1000 & i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done; wait",
        "--memory-limit",
        "50000000",
      );
      assert.ok(waitUntil(() => cgroupNumber(pid, "pids", "pids.current") === 2));
      const text = engine.ok("tasks", "metrics", "a");
      const metric = (name: string): number => Number(new RegExp(`^${name}\\s+(\\d+)`, "m").exec(text)?.[1]);
      assert.equal(metric("pids.current"), 2);
      assert.equal(metric("memory.limit_in_bytes"), cgroupNumber(pid, "memory", "memory.limit_in_bytes"));
      assert.ok(metric("cpuacct.usage") > 1_000_000);
      assert.ok(metric("memory.usage_in_bytes") > 0);
    },
  },
  {
    name: "events: start, exec, out of memory, exit",
    run: (engine) => {
      const events = engine.background(["events"]);
      try {
        const argv = engine.run("a", ["--rm", "--memory-limit", "20000000"], "sh", "-c", "tail /dev/zero; exit $?");
        assert.equal(engine.ctr(argv).code, 137);
        const seen = ["/tasks/create", "/tasks/start", "/tasks/oom", "/tasks/exit", "/tasks/delete"];
        assert.ok(
          waitUntil(() => seen.every((topic) => events.stdout.includes(topic))),
          events.stdout,
        );
      } finally {
        events.dispose();
      }
    },
  },
  {
    name: "a shim that is killed leaves nothing that its clean-up does not find",
    run: (engine) => {
      const pid = engine.start("a", SLEEP);
      const [shim] = engine.shims();
      assert.ok(shim !== undefined);
      process.kill(shim, "SIGKILL");
      assert.ok(waitUntil(() => !isAlive(pid)));
      assert.ok(waitUntil(() => engine.task("a") === undefined || engine.task("a")?.status === "STOPPED"));
      engine.reset();
      assert.ok(
        waitUntil(() => engine.leftovers().length === 0),
        engine.leftovers().join("\n"),
      );
    },
  },
];

await compare({
  engine: containerdName(),
  needs: [...CONTAINERD_NEEDS, "script"],
  open: (runtime) => Containerd.withImage(runtime),
  cases: tasks,
});
