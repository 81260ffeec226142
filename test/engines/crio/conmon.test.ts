// SPDX-License-Identifier: Apache-2.0
// @lanes engines @timeout 150
/** A runtime under conmon with CRI-O's arguments, and the commands that CRI-O gives the runtime itself. */
import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cgroupDirectory, isAlive, namespaceOf } from "../../lib/kernel.ts";
import { must } from "../../lib/container.ts";
import { waitUntil } from "../../lib/run.ts";
import { compare } from "../lib/compare.ts";
import type { Case } from "../lib/compare.ts";
import { CRIO_NEEDS, Crio, crioName } from "../lib/crio.ts";
import { EXIT_CODES } from "../lib/exit-codes.ts";
import { TELLS_SIZE } from "../../lib/terminal.ts";

const SLEEP = "exec sleep 1000";

const containers: Case<Crio>[] = [
  {
    name: "create, start, the end: the pid, the log, the exit code",
    run: async (crio) => {
      const kept = await crio.create("echo out; echo err >&2; exit 9");
      assert.equal(crio.status(kept), "created");
      assert.equal(
        readFileSync(join(kept.bundle, "pidfile"), "utf8"),
        String(kept.pid),
        "no newline: CRI-O reads it as a number",
      );
      must(crio.runtime(["start", kept.id]));
      assert.equal(crio.ended(kept), 9);
      assert.deepEqual([crio.output(kept), crio.output(kept, "stderr")], ["out\n", "err\n"]);
      assert.equal(crio.status(kept), "stopped");
      must(crio.runtime(["delete", kept.id]));
      assert.equal(crio.status(kept), "none");
    },
  },
  {
    name: "a program that cannot be started: conmon passes on what the runtime said",
    run: async (crio) => {
      const missing = crio.create("", [], (config) => (config.process.args = ["no-such-program"]));
      await assert.rejects(missing, /no-such-program[\\"]*: executable file not found in \$PATH/);
      const directory = crio.create("", [], (config) => (config.process.args = ["/etc"]));
      await assert.rejects(directory, /permission denied|is a directory/);
    },
  },
  {
    name: "what a signal ended: 128 and its number",
    run: async (crio) => {
      const kept = await crio.start(SLEEP);
      must(crio.runtime(["kill", kept.id, "KILL"]));
      assert.equal(crio.ended(kept), 137);
    },
  },
  {
    name: "stop: the signal as a number, then KILL; kill and delete of what has ended",
    run: async (crio) => {
      const kept = await crio.start("trap 'exit 4' TERM; echo up; while :; do sleep 0.02; done");
      crio.waitFor(kept, "up");
      must(crio.runtime(["kill", kept.id, "15"]));
      assert.equal(crio.ended(kept), 4);
      const late = crio.runtime(["kill", kept.id, "KILL"]);
      assert.deepEqual([late.code, /container not running/.test(late.stderr)], [1, true]);
      must(crio.runtime(["delete", "--force", kept.id]));
      must(crio.runtime(["delete", "--force", kept.id]));
    },
  },
  {
    name: "-t: a terminal, its size, and its changes",
    run: async (crio) => {
      const kept = await crio.start(TELLS_SIZE, ["-t"]);
      crio.waitFor(kept, "tick");
      crio.resize(kept, 33, 91);
      crio.waitFor(kept, "33 91");
      crio.resize(kept, 44, 102);
      crio.waitFor(kept, "44 102");
    },
  },
  {
    name: "-i: standard input stays open for who may come",
    run: async (crio) => {
      const kept = await crio.start("echo up; read line; echo over", ["-i", "--leave-stdin-open"]);
      crio.waitFor(kept, "up");
      assert.equal(crio.status(kept), "running");
      assert.doesNotMatch(crio.output(kept), /over/);
    },
  },
  {
    name: "pause, resume, update, state",
    run: async (crio) => {
      const kept = await crio.start(SLEEP);
      must(crio.runtime(["pause", kept.id]));
      assert.equal(crio.status(kept), "paused");
      must(crio.runtime(["resume", kept.id]));
      const resources = { memory: { limit: 67_108_864 }, unknown: { to: "the runtime" } };
      must(crio.runtime(["update", "--resources", "-", kept.id], { input: JSON.stringify(resources) }));
      const file = join(cgroupDirectory(kept.pid, "memory") ?? "", "memory.limit_in_bytes");
      assert.equal(readFileSync(file, "utf8"), "67108864\n");
    },
  },
  {
    name: "a pod: containers in the namespaces of its first",
    run: async (crio) => {
      const first = await crio.start(SLEEP);
      const kinds = { network: "net", ipc: "ipc", uts: "uts" };
      const second = await crio.start(SLEEP, [], (config) => {
        Reflect.deleteProperty(config, "hostname");
        config.linux.namespaces = [
          ...Object.entries(kinds).map(([type, kind]) => ({ type, path: `/proc/${first.pid}/ns/${kind}` })),
          { type: "pid" },
          { type: "mount" },
        ];
      });
      for (const kind of Object.values(kinds)) assert.equal(namespaceOf(second.pid, kind), namespaceOf(first.pid, kind), kind);
      assert.notEqual(namespaceOf(second.pid, "pid"), namespaceOf(first.pid, "pid"));
    },
  },
  {
    name: "delete --force of what runs: no process, no cgroup is left",
    run: async (crio) => {
      const kept = await crio.start(SLEEP);
      const cgroup = cgroupDirectory(kept.pid, "memory") ?? "";
      assert.ok(existsSync(cgroup));
      must(crio.runtime(["delete", "--force", kept.id]));
      assert.ok(waitUntil(() => !isAlive(kept.pid)));
      assert.ok(!existsSync(cgroup));
      assert.equal(crio.ended(kept), 137, "and conmon tells of it");
    },
  },
];

const execs: Case<Crio>[] = [
  {
    name: "exec sync: streams and the exit code",
    run: async (crio) => {
      const kept = await crio.start(SLEEP);
      const { code, stdout, stderr } = await crio.exec(kept, ["sh", "-c", "echo out; echo err >&2; exit 3"]);
      assert.deepEqual({ code, stdout, stderr }, { code: 3, stdout: "out\n", stderr: "err\n" });
    },
  },
  ...EXIT_CODES.filter(({ code }) => code < 126).map(({ code, argv }) => ({
    name: `exec sync: exit code ${code} of ${argv.join(" ")}`,
    run: async (crio: Crio): Promise<void> => {
      assert.equal((await crio.exec(await crio.start(SLEEP), argv)).code, code);
    },
  })),
  {
    name: "exec sync: a program that is missing is told apart from one that fails",
    run: async (crio) => {
      const { code, message } = await crio.exec(await crio.start(SLEEP), ["no-such-program"]);
      assert.ok(code < 0, "not the code of a program");
      assert.match(message, /no-such-program[\\"]*: executable file not found in \$PATH/);
    },
  },
  {
    name: "exec sync: what takes too long is killed",
    run: async (crio) => {
      const kept = await crio.start(SLEEP);
      const { message } = await crio.exec(kept, ["sleep", "555"], 1);
      assert.match(message, /timed out/);
      assert.doesNotMatch((await crio.exec(kept, ["ps"])).stdout, /sleep 555/);
    },
  },
  {
    name: "exec with the runtime alone, as CRI-O streams it",
    run: async (crio) => {
      const kept = await crio.start(SLEEP);
      const spec = JSON.stringify({ args: ["sh", "-c", "cat; exit 5"], cwd: "/", env: ["PATH=/bin"], user: { uid: 0, gid: 0 } });
      const file = join(crio.directory, "process.json");
      writeFileSync(file, spec);
      const { code, stdout } = crio.runtime(["exec", "--process", file, kept.id], { input: "typed\n" });
      assert.deepEqual([code, stdout], [5, "typed\n"]);
    },
  },
];

await compare({
  engine: crioName(),
  needs: CRIO_NEEDS,
  open: (runtime) => new Crio(runtime),
  cases: [...containers, ...execs],
});
