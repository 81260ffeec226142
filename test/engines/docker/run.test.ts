// SPDX-License-Identifier: Apache-2.0
// @lanes engines @timeout 300
/** Docker runs containers: streams, terminals, exit codes, and what it says when one cannot start. */
import assert from "node:assert/strict";
import { compare } from "../lib/compare.ts";
import type { Case } from "../lib/compare.ts";
import { DOCKER_NEEDS, Docker, dockerName } from "../lib/docker.ts";
import { EXIT_CODES } from "../lib/exit-codes.ts";
import { IMAGE } from "../lib/image.ts";
import { RESIZING, TELLS_SIZE } from "../../lib/terminal.ts";
import { waitUntil } from "../../lib/run.ts";

const CODES = [...EXIT_CODES, { code: 137, argv: ["sh", "-c", "sh -c 'kill -KILL $$'; exit $?"] }];

const cases: Case<Docker>[] = [
  {
    name: "run: standard output and standard error are apart",
    run: (docker) => {
      const { code, stdout, stderr } = docker.command(["run", "--rm", IMAGE, "sh", "-c", "echo out; echo err >&2"]);
      assert.deepEqual({ code, stdout, stderr }, { code: 0, stdout: "out\n", stderr: "err\n" });
    },
  },
  {
    name: "run --interactive: standard input, to its end",
    run: (docker) => {
      const { stdout } = docker.command(["run", "--rm", "--interactive", IMAGE, "wc", "-c"], { input: "x".repeat(200_000) });
      assert.equal(stdout.trim(), "200000");
    },
  },
  {
    name: "run: a megabyte of output arrives whole",
    run: (docker) => {
      const { stdout } = docker.command(["run", "--rm", IMAGE, "sh", "-c", "head -c 1000000 /dev/zero | tr '\\0' x"]);
      assert.equal(stdout.length, 1_000_000);
    },
  },
  {
    name: "run -it: a terminal, what is typed, and the exit code",
    run: async (docker) => {
      const typing = [
        { after: "# ", type: "tty; test -t 0 -a -t 1 && echo both\n" },
        { after: "both\r\n", type: "exit 5\n" },
      ];
      const { code, output } = await docker.onTerminal(["run", "--rm", "-it", IMAGE, "sh"], typing);
      assert.match(output, /\/dev\/(pts\/0|console)\r/);
      assert.equal(code, 5);
    },
  },
  {
    name: "run -it: ^C is for the program",
    run: async (docker) => {
      const script = "trap 'echo interrupted; exit 4' INT; echo up; while :; do sleep 0.05; done";
      const args = ["run", "--rm", "-it", IMAGE, "sh", "-c", script];
      const { code, output } = await docker.onTerminal(args, [{ after: "up\r\n", type: "\u0003" }]);
      assert.match(output, /interrupted/);
      assert.equal(code, 4);
    },
  },
  {
    name: "run -it: the container's terminal has the size of the client's, and is told of changes",
    run: async (docker) => {
      const { code } = await docker.onTerminal(["run", "--rm", "-it", IMAGE, "sh", "-c", TELLS_SIZE], RESIZING);
      assert.equal(code, 4, "all was told");
    },
  },
  {
    name: "run --tty without --interactive",
    run: (docker) => {
      assert.equal(docker.sh("test -t 1 && echo terminal; stat -c %t:%T /dev/console", "--tty"), "terminal\r\n88:0");
    },
  },
  ...CODES.map(({ code, argv }) => ({
    name: `run: exit code ${code} of ${argv.join(" ")}`,
    run: (docker: Docker): void => {
      assert.equal(docker.command(["run", "--rm", IMAGE, ...argv]).code, code);
    },
  })),
  {
    name: "run --detach, wait: exit codes",
    run: (docker) => {
      for (const code of [0, 3]) assert.equal(docker.ok("wait", docker.start(`sleep 0.2; exit ${code}`)), String(code));
    },
  },
  {
    name: "a program that is missing is told, and the container can be removed",
    run: (docker) => {
      const { stderr } = docker.command(["run", "--name", "missing", IMAGE, "no-such-program"]);
      assert.match(stderr, /"no-such-program": executable file not found in \$PATH/);
      assert.equal(docker.inspect("missing", "{{.State.Status}} {{.State.ExitCode}}"), "created 127");
      docker.ok("rm", "missing");
    },
  },
  {
    name: "a program that cannot be executed is told",
    run: (docker) => {
      assert.match(docker.command(["run", "--rm", IMAGE, "/etc/passwd"]).stderr, /"\/etc\/passwd": permission denied/);
    },
  },
  {
    name: "environment, working directory, entry point, host name",
    run: (docker) => {
      const flags = ["--env", "A=b c", "--workdir", "/made/for/it", "--hostname", "web", "--entrypoint", "sh"];
      const out = docker.ok(
        "run",
        "--rm",
        ...flags,
        IMAGE,
        "-c",
        'echo "$A|$PWD|$HOSTNAME|$(hostname)|$HOME|$(cat /etc/hostname)"',
      );
      assert.equal(out, "b c|/made/for/it|web|web|/root|web");
    },
  },
  {
    name: "run: SIGTERM at the client reaches the program",
    run: async (docker) => {
      const client = docker.background([
        "run",
        "--name",
        "proxied",
        IMAGE,
        "sh",
        "-c",
        "trap 'exit 6' TERM; echo up; while :; do sleep 0.05; done",
      ]);
      try {
        docker.waitFor("proxied", "up");
        client.child.kill("SIGTERM");
        assert.equal((await client.end()).code, 6);
      } finally {
        client.dispose();
      }
    },
  },
  {
    name: "create, start --attach",
    run: (docker) => {
      docker.ok("create", "--name", "made", IMAGE, "sh", "-c", "echo started; exit 2");
      const { code, stdout } = docker.command(["start", "--attach", "made"]);
      assert.deepEqual([code, stdout], [2, "started\n"]);
      assert.equal(docker.command(["start", "--attach", "made"]).stdout, "started\n", "once more");
    },
  },
  {
    name: "restart policy: on-failure",
    run: (docker) => {
      const id = docker.start("exit 1", "--restart", "on-failure:2");
      // Between two starts a container does not run either.
      waitUntil(() => docker.inspect(id, "{{.RestartCount}} {{.State.Running}}") === "2 false");
      assert.equal(docker.inspect(id, "{{.RestartCount}} {{.State.ExitCode}}"), "2 1");
    },
  },
];

await compare({
  engine: dockerName(),
  needs: [...DOCKER_NEEDS, "script"],
  open: (runtime) => Docker.withDefault(runtime),
  cases,
});
