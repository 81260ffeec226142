// SPDX-License-Identifier: Apache-2.0
// @lanes engines @timeout 150
/** Podman runs containers: streams, terminals, exit codes, exec, and what is done to a container that runs. */
import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isAlive, namespaceOf } from "../../lib/kernel.ts";
import { waitUntil } from "../../lib/run.ts";
import { compare } from "../lib/compare.ts";
import type { Case } from "../lib/compare.ts";
import { EXIT_CODES } from "../lib/exit-codes.ts";
import { PODMAN_NEEDS, Podman, podmanName } from "../lib/podman.ts";
import { RESIZING, TELLS_SIZE } from "../../lib/terminal.ts";

const SLEEP = "exec sleep 1000";
const COUNTING = "i=0; while :; do i=$((i+1)); echo $i > /tmp/new; mv /tmp/new /tmp/count; sleep 0.02; done";
const LISTENING = "trap 'exit 4' TERM; trap 'echo usr1' USR1; echo up; while :; do sleep 0.02; done";

const count = (pid: number): number => {
  const file = `/proc/${pid}/root/tmp/count`;
  return existsSync(file) ? Number(readFileSync(file, "utf8")) : 0;
};

const running: Case<Podman>[] = [
  {
    name: "run: streams and standard input",
    run: (podman) => {
      const { code, stdout, stderr } = podman.command(podman.run(["--rm"], "sh", "-c", "echo out; echo err >&2"));
      assert.deepEqual({ code, stdout, stderr }, { code: 0, stdout: "out\n", stderr: "err\n" });
      const counted = podman.command(podman.run(["--rm", "--interactive"], "wc", "-c"), { input: "x".repeat(100_000) });
      assert.equal(counted.stdout.trim(), "100000");
    },
  },
  ...EXIT_CODES.map(({ code, argv }) => ({
    name: `run, exec: exit code ${code} of ${argv.join(" ")}`,
    run: (podman: Podman): void => {
      assert.equal(podman.command(podman.run(["--rm"], ...argv)).code, code);
      podman.start("a", SLEEP);
      assert.equal(podman.command(["exec", "a", ...argv]).code, code);
    },
  })),
  {
    name: "a program that is missing is told in one line",
    run: (podman) => {
      const { stderr } = podman.command(podman.run(["--rm"], "no-such-program"));
      assert.match(stderr, /^Error: [^\n]*"no-such-program": executable file not found in \$PATH[^\n]*\n$/);
    },
  },
  {
    name: "run -it: a terminal, what is typed, and ^C",
    run: async (podman) => {
      const typing = [{ after: "# ", type: "tty; exit 5\n" }];
      const { code, output } = await podman.onTerminal(podman.run(["--rm", "-it"], "sh"), typing);
      assert.match(output, /\/dev\/(pts\/0|console)\r/);
      assert.equal(code, 5);
      const script = "trap 'exit 4' INT; echo up; while :; do sleep 0.05; done";
      const interrupted = await podman.onTerminal(podman.run(["--rm", "-it"], "sh", "-c", script), [
        { after: "up\r\n", type: "\u0003" },
      ]);
      assert.equal(interrupted.code, 4);
    },
  },
  {
    name: "run -it, exec -it, attach: the size of the terminal, and its changes",
    run: async (podman) => {
      const tells = ["sh", "-c", TELLS_SIZE];
      const run = await podman.onTerminal(podman.run(["--rm", "-it"], ...tells), RESIZING);
      podman.start("a", TELLS_SIZE, "--interactive", "--tty");
      const exec = await podman.onTerminal(["exec", "-it", "a", ...tells], RESIZING);
      assert.deepEqual([run.code, exec.code], [4, 4], "all was told");
      await podman.onTerminal(["attach", "a"], RESIZING);
      assert.equal(podman.ok("wait", "a"), "4", "to who attaches, too");
    },
  },
  {
    name: "logs, wait, the exit code that is kept",
    run: (podman) => {
      podman.start("a", "echo out; echo err >&2; sleep 0.2; exit 9");
      assert.equal(podman.ok("wait", "a"), "9");
      const { stdout, stderr } = podman.command(["logs", "a"]);
      assert.deepEqual([stdout, stderr], ["out\n", "err\n"]);
      assert.equal(podman.inspect("a", "{{.State.Status}} {{.State.ExitCode}}"), "exited 9");
    },
  },
  {
    name: "create, start --attach, restart, stop",
    run: (podman) => {
      podman.ok("create", ...podman.run(["--name", "a"], "sh", "-c", LISTENING).slice(1));
      assert.equal(podman.status("a"), "created");
      podman.ok("start", "a");
      podman.waitFor("a", "up");
      const before = podman.pid("a");
      podman.ok("restart", "a");
      assert.ok(!isAlive(before));
      assert.equal(podman.status("a"), "running");
      assert.ok(waitUntil(() => (podman.command(["logs", "a"]).stdout.match(/up/g) ?? []).length === 2));
      podman.ok("stop", "a");
      assert.equal(podman.inspect("a", "{{.State.ExitCode}}"), "4");
    },
  },
];

const alive: Case<Podman>[] = [
  {
    name: "exec: user, directory, environment, streams",
    run: (podman) => {
      podman.start("a", SLEEP);
      const flags = ["--user", "1000", "--workdir", "/tmp", "--env", "A=b c", "--interactive"];
      const script = 'id -u; pwd; echo "$A"; cat; echo err >&2; exit 3';
      const { code, stdout, stderr } = podman.command(["exec", ...flags, "a", "sh", "-c", script], { input: "typed\n" });
      assert.deepEqual({ code, stdout, stderr }, { code: 3, stdout: "1000\n/tmp\nb c\ntyped\n", stderr: "err\n" });
    },
  },
  {
    name: "exec --tty, exec --detach, exec --privileged",
    run: async (podman) => {
      const pid = podman.start("a", SLEEP);
      const { code, output } = await podman.onTerminal(["exec", "-it", "a", "sh"], [{ after: "# ", type: "tty; exit 6\n" }]);
      assert.match(output, /\/dev\/pts\/\d+\r/);
      assert.equal(code, 6);
      podman.ok("exec", "--detach", "a", "sh", "-c", "echo here > /tmp/here; exec sleep 77");
      assert.ok(waitUntil(() => existsSync(`/proc/${pid}/root/tmp/here`)));
      assert.match(podman.ok("exec", "--privileged", "a", "grep", "CapEff", "/proc/self/status"), /000001ff/);
    },
  },
  {
    name: "top, by the container's own ps and by podman's",
    run: (podman) => {
      const pid = podman.start("a", SLEEP);
      assert.match(podman.ok("top", "a", "hpid", "comm"), new RegExp(`\\n${pid}\\s+sleep`));
      assert.match(podman.ok("top", "a", "-o", "pid,args"), /sleep 1000/);
    },
  },
  {
    name: "pause, unpause, kill",
    run: (podman) => {
      const pid = podman.start("a", COUNTING);
      assert.ok(waitUntil(() => count(pid) > 3));
      podman.ok("pause", "a");
      assert.equal(podman.status("a"), "paused");
      const before = count(pid);
      assert.equal(podman.command(["exec", "a", "true"]).code, 255);
      assert.equal(count(pid), before, "it stands still");
      podman.ok("unpause", "a");
      assert.ok(waitUntil(() => count(pid) > before));
      podman.ok("kill", "a");
      assert.ok(waitUntil(() => !isAlive(pid)));
      assert.equal(podman.ok("wait", "a"), "137");
    },
  },
  {
    name: "kill --signal, attach",
    run: (podman) => {
      podman.start("a", LISTENING);
      podman.waitFor("a", "up");
      podman.ok("kill", "--signal", "USR1", "a");
      podman.waitFor("a", "usr1");
      podman.ok("kill", "--signal", "TERM", "a");
      assert.equal(podman.command(["wait", "a"]).stdout, "4\n");
    },
  },
  {
    name: "stats, update",
    run: (podman) => {
      const pid = podman.start("a", `sleep 100 & ${SLEEP}`);
      const file = `/sys/fs/cgroup/memory${podman.cgroupParent}/libpod-${podman.inspect("a", "{{.Id}}")}/memory.limit_in_bytes`;
      assert.equal(podman.ok("stats", "--no-stream", "--format", "{{.Name}} {{.PIDs}}", "a"), "a 2");
      podman.ok("update", "--memory", "64m", "a");
      assert.equal(readFileSync(file, "utf8"), "67108864\n");
      assert.ok(isAlive(pid));
    },
  },
  {
    name: "cp, diff, export, mount",
    run: (podman) => {
      podman.start("a", SLEEP);
      writeFileSync(join(podman.directory, "file"), "copied\n");
      podman.ok("cp", join(podman.directory, "file"), "a:/tmp/file");
      assert.equal(podman.ok("exec", "a", "cat", "/tmp/file"), "copied");
      assert.match(podman.ok("diff", "a"), /^A \/tmp\/file$/m);
      assert.equal(readFileSync(join(podman.ok("mount", "a"), "tmp/file"), "utf8"), "copied\n");
    },
  },
  {
    name: "a health check, commit",
    run: (podman) => {
      podman.start("a", SLEEP, "--health-cmd", "test -e /tmp/well", "--health-interval", "disable");
      assert.equal(podman.command(["healthcheck", "run", "a"]).code, 1);
      podman.ok("exec", "a", "touch", "/tmp/well");
      assert.equal(podman.command(["healthcheck", "run", "a"]).code, 0);
      podman.ok("commit", "--quiet", "a", "localhost/well");
      assert.equal(podman.ok("run", "--rm", "--network", "none", "localhost/well", "ls", "/tmp"), "well");
    },
  },
  {
    name: "rm of a running container is refused, and forced; nothing is left",
    run: (podman) => {
      const pid = podman.start("a", SLEEP);
      const net = namespaceOf(pid, "net");
      assert.notEqual(net, namespaceOf("self", "net"));
      assert.equal(podman.command(["rm", "a"]).code, 2);
      podman.ok("rm", "--force", "--time", "0", "a");
      assert.ok(!isAlive(pid));
      assert.ok(!existsSync(`/sys/fs/cgroup/memory${podman.cgroupParent}/libpod-a`));
    },
  },
];

await compare({
  engine: podmanName(),
  needs: [...PODMAN_NEEDS, "script"],
  open: (runtime) => new Podman(runtime),
  cases: [...running, ...alive],
});
