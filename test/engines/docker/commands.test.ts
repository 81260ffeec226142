// SPDX-License-Identifier: Apache-2.0
// @lanes engines @timeout 300
/** Docker's commands that run programs in containers, show what they do, and copy what they hold. */
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { boundingSet } from "../../lib/lane.ts";
import { run, waitUntil } from "../../lib/run.ts";
import { compare } from "../lib/compare.ts";
import type { Case } from "../lib/compare.ts";
import { DOCKER_NEEDS, Docker, dockerName } from "../lib/docker.ts";
import { RESIZING, TELLS_SIZE } from "../../lib/terminal.ts";

/** A shell that does nothing, and ends at once when it is told to. */
const IDLE = "trap 'exit 0' TERM; echo up; while :; do sleep 0.1; done";

const execCases: Case<Docker>[] = [
  {
    name: "exec: output, exit codes, environment, directory, user",
    run: (docker) => {
      const id = docker.start(IDLE, "--env", "OWN=1");
      assert.equal(docker.command(["exec", id, "sh", "-c", "exit 3"]).code, 3);
      assert.match(String(docker.command(["exec", id, "no-such-program"]).code), /^12[67]$/);
      assert.equal(docker.command(["exec", id, "/etc/passwd"]).code, 126);
      const script = 'echo "$OWN $A $PWD $(id -u):$(id -g)"';
      assert.equal(
        docker.ok("exec", "--env", "A=b", "--workdir", "/tmp", "--user", "1000:2000", id, "sh", "-c", script),
        "1 b /tmp 1000:2000",
      );
      assert.equal(docker.ok("exec", "--user", "user", id, "sh", "-c", "echo $HOME"), "/home/user");
    },
  },
  {
    name: "exec --interactive: standard input, to its end",
    run: (docker) => {
      const id = docker.start(IDLE);
      assert.equal(
        docker.command(["exec", "--interactive", id, "wc", "-c"], { input: "y".repeat(100_000) }).stdout.trim(),
        "100000",
      );
    },
  },
  {
    name: "exec -it: a terminal, what is typed, and the exit code",
    run: async (docker) => {
      const id = docker.start(IDLE);
      const typing = [
        { after: "# ", type: "tty\n" },
        { after: "# ", type: "exit 7\n" },
      ];
      const { code, output } = await docker.onTerminal(["exec", "-it", id, "sh"], typing);
      assert.match(output, /\/dev\/(pts\/\d+|console)\r/);
      assert.equal(code, 7);
    },
  },
  {
    name: "exec -it: the size of the terminal, and its changes",
    run: async (docker) => {
      const id = docker.start(IDLE);
      const { code } = await docker.onTerminal(["exec", "-it", id, "sh", "-c", TELLS_SIZE], RESIZING);
      assert.equal(code, 4, "all was told");
    },
  },
  {
    name: "exec --detach goes on after its client",
    run: (docker) => {
      const id = docker.start(IDLE);
      docker.ok("exec", "--detach", id, "sh", "-c", "sleep 0.2; echo done >/tmp/done");
      assert.ok(waitUntil(() => docker.command(["exec", id, "cat", "/tmp/done"]).stdout === "done\n"));
    },
  },
  {
    name: "exec in a container that is stopped or paused is refused",
    run: (docker) => {
      const id = docker.start(IDLE);
      docker.ok("pause", id);
      assert.match(docker.command(["exec", id, "true"]).stderr, /is paused/);
      docker.ok("unpause", id);
      docker.ok("kill", id);
      assert.match(docker.command(["exec", id, "true"]).stderr, /is not running/);
    },
  },
  {
    name: "exec --privileged has all capabilities",
    run: (docker) => {
      const status = docker.ok("exec", "--privileged", docker.start(IDLE), "cat", "/proc/self/status");
      const effective = BigInt(`0x${/^CapEff:\s*(\w+)/m.exec(status)?.[1] ?? "0"}`);
      assert.equal(effective & boundingSet(), effective);
      assert.ok(effective > 1n << 37n, "all that this Docker knows of");
    },
  },
];

const outputCases: Case<Docker>[] = [
  {
    name: "logs: all, the last lines, and to the end",
    run: (docker) => {
      const id = docker.start("for i in 1 2 3; do echo line $i; done; echo bad >&2; sleep 0.3; echo last");
      const followed = docker.command(["logs", "--follow", id]);
      assert.deepEqual([followed.stdout, followed.stderr], ["line 1\nline 2\nline 3\nlast\n", "bad\n"]);
      assert.equal(docker.command(["logs", "--tail", "1", id]).stdout, "last\n");
    },
  },
  {
    name: "attach: input, output and the exit code",
    run: (docker) => {
      const id = docker.start("read line; echo got $line; sleep 0.3; exit 9", "--interactive");
      // The daemon closes all streams of an attach at the end of its input, so the end must not come first.
      const piped = ["sh", "-c", '(echo something; sleep 1) | "$@"', "sh", ...docker.argv(["attach", id])];
      const { code, stdout } = run(piped);
      assert.deepEqual([code, stdout], [9, "got something\n"]);
    },
  },
  {
    name: "attach: detaching leaves it running",
    run: async (docker) => {
      const id = docker.start("while :; do echo tick; sleep 0.1; done", "--interactive", "--tty");
      const typing = [{ after: "tick", type: "\u0018" }];
      const { code } = await docker.onTerminal(["attach", "--detach-keys", "ctrl-x", id], typing);
      assert.equal(docker.inspect(id, "{{.State.Running}}"), "true");
      assert.equal(code, 1, "how the client says that it was detached");
    },
  },
  {
    name: "attach: the size of the terminal, and its changes",
    run: async (docker) => {
      const id = docker.start(TELLS_SIZE, "--interactive", "--tty");
      assert.equal((await docker.onTerminal(["attach", id], RESIZING)).code, 4, "all was told");
    },
  },
  {
    name: "top lists the processes of the container",
    run: (docker) => {
      const id = docker.start("sleep 1234 & sleep 4321; true");
      assert.ok(waitUntil(() => /sleep 1234/.test(docker.ok("top", id)) && /sleep 4321/.test(docker.ok("top", id))));
      assert.match(docker.ok("top", id, "-o", "pid,args"), new RegExp(`^${docker.pid(id)}\\b`, "m"));
    },
  },
  {
    name: "stats: memory, processes and processor time",
    run: (docker) => {
      const id = docker.start("sleep 100 & sleep 100; true", "--memory", "64m");
      const stats = docker.ok("stats", "--no-stream", "--format", "{{.MemUsage}} {{.PIDs}} {{.CPUPerc}} {{.BlockIO}}", id);
      assert.match(stats, /^[1-9][\d.]*[kKM]?i?B \/ 64MiB 3 [\d.]+%/);
    },
  },
  {
    name: "cp: into and out of a container that runs, and one that is stopped",
    run: (docker) => {
      const id = docker.start(IDLE);
      const here = join(docker.directory, "copied");
      writeFileSync(here, "from the host\n");
      docker.ok("cp", here, `${id}:/tmp/there`);
      assert.equal(docker.ok("exec", id, "cat", "/tmp/there"), "from the host");
      docker.ok("exec", id, "sh", "-c", "echo from inside >/tmp/back");
      docker.ok("kill", id);
      docker.ok("cp", `${id}:/tmp/back`, here);
      assert.equal(readFileSync(here, "utf8"), "from inside\n");
    },
  },
  {
    name: "commit, diff, export",
    run: (docker) => {
      const id = docker.start("echo new >/made");
      docker.ok("wait", id);
      assert.equal(docker.ok("diff", id), "A /made");
      docker.ok("commit", "--change", 'CMD ["cat", "/made"]', id, "localhost/committed");
      assert.equal(docker.ok("run", "--rm", "localhost/committed"), "new");
      mkdirSync(join(docker.directory, "export"), { recursive: true });
      docker.ok("export", "--output", join(docker.directory, "export/root.tar"), id);
      docker.ok("import", join(docker.directory, "export/root.tar"), "localhost/imported");
      assert.equal(docker.ok("run", "--rm", "localhost/imported", "/bin/cat", "/made"), "new");
    },
  },
];

await compare({
  engine: dockerName(),
  needs: [...DOCKER_NEEDS, "script"],
  open: (runtime) => Docker.withDefault(runtime),
  cases: [...execCases, ...outputCases],
});
