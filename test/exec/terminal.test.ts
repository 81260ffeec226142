// SPDX-License-Identifier: Apache-2.0
// @lanes host v2
/** `exec` and terminals: who gets one, what goes together, and pidfds. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import type { Test } from "tap";
import { container, must } from "../lib/container.ts";
import type { Container } from "../lib/container.ts";
import { agent, findProgram, isRunt, unless } from "../lib/lane.ts";
import { Background, eventually, run } from "../lib/run.ts";
import type { Result } from "../lib/run.ts";

const ours = { skip: unless(isRunt, "of runt") };

function sleeping(t: Test): Container {
  const c = container(t);
  c.startSleeping();
  return c;
}

async function listener(t: Test, path: string): Promise<Background> {
  const background = new Background([agent, "receive-fd", path]);
  t.teardown(() => background.dispose());
  t.ok(await eventually(() => existsSync(path) && background.stdout.includes("listening")));
  return background;
}

const script = findProgram("script");

/** Runs it on a terminal of its own, which may echo the end of the input that script(1) sends, "^@", before anything else. */
function onTerminal(argv: readonly string[]): Result {
  const command = argv.map((word) => `'${word}'`).join(" ");
  const result = run(["script", "--quiet", "--return", "--command", command, "/dev/null"], {
    env: { ...process.env, SHELL: "/bin/sh" },
  });
  return { ...result, stdout: result.stdout.replace(/^\^@/, "") };
}

t.test(
  "without --tty there is no terminal, also when the caller or the container has one",
  { skip: ours.skip || unless(script !== undefined, "no script") },
  (t) => {
    const c = sleeping(t);
    const look = "test -t 0 && echo terminal || echo none";
    for (const flags of [[], ["--tty=false"], ["-t=false"], ["-t", "--tty=false"]])
      t.match(
        onTerminal(c.argv("exec", ...flags, c.id, "readlink", "/proc/self/fd/0")).stdout,
        /^\/dev\/pts\/\d+\r/,
        "the caller's",
      );
    t.equal(must(c.exec(["sh", "-c", look], ["--tty=false"])).stdout, "none\n");
    t.match(onTerminal(c.argv("exec", "--tty", c.id, "tty")).stdout, /^\/dev\/(pts\/\d+|console)\r/);
    t.match(onTerminal(c.argv("exec", "-t=true", c.id, "sh", "-c", "exit 3")), { code: 3 });
    t.end();
  },
);

t.test("--tty in the foreground works without a terminal of the caller's", ours, (t) => {
  const c = sleeping(t);
  const result = c.exec(["sh", "-c", "test -t 0 && test -t 1 && test -t 2 && tty; read line; echo got $line; exit 5"], ["-t"], {
    input: "typed\n",
  });
  t.equal(result.code, 5);
  t.match(result.stdout, /\/dev\/pts\/\d+\r\n/);
  t.match(result.stdout, /got typed\r\n/);
  t.end();
});

t.test("--detach with a terminal needs --console-socket, and the socket needs both", (t) => {
  const c = sleeping(t);
  const file = join(c.directory, "p.json");
  const process = (terminal: boolean): string[] => {
    writeFileSync(file, JSON.stringify({ args: ["true"], cwd: "/", terminal, user: { uid: 0, gid: 0 } }));
    return ["--process", file];
  };
  const alone = "cannot allocate tty if runc will detach without setting console socket";
  const useless = "cannot use console socket if runc will not detach or allocate tty";
  for (const [flags, says] of [
    [["--tty", "--detach"], alone],
    [[...process(true), "--detach"], alone],
    [["--console-socket", "/nosuch", "--detach"], useless],
    [["--console-socket", "/nosuch"], useless],
    [["--console-socket", "/nosuch", "--tty"], useless],
  ] as const) {
    if (flags[0] === "--process") process(true);
    const result = c.exec(["true"], flags);
    t.equal(result.code, 255, flags.join(" "));
    t.match(result.stderr, says, flags.join(" "));
  }
  process(false);
  t.match(c.exec(["true"], ["--process", file, "--detach", "--console-socket", "/nosuch"]), { code: 255, stderr: useless });
  t.end();
});

t.test("a socket that nobody listens at is an error, and no process is left", ours, (t) => {
  const c = container(t);
  const pid = c.startSleeping();
  const nobody = join(c.directory, "nobody");
  for (const flags of [
    ["--tty", "--console-socket", nobody],
    ["--pidfd-socket", nobody],
  ]) {
    const result = c.exec(["sleep", "50"], ["--detach", ...flags]);
    t.match(result, { code: 255, stderr: /nobody.*no such file or directory/ }, flags.join(" "));
    t.strictSame(JSON.parse(must(c.command(["ps", "--format", "json", c.id])).stdout), [pid]);
  }
  t.end();
});

t.test("a process of --process with a terminal gets one of its size", async (t) => {
  const c = sleeping(t);
  const file = join(c.directory, "p.json");
  const socket = join(c.directory, "console");
  writeFileSync(
    file,
    JSON.stringify({
      args: ["sh", "-c", "stty size"],
      cwd: "/",
      env: ["PATH=/bin"],
      terminal: true,
      consoleSize: { height: 11, width: 22 },
      user: { uid: 0, gid: 0 },
    }),
  );
  const receiver = await listener(t, socket);
  must(c.command(["exec", "--process", file, "--console-socket", socket, "--detach", c.id]));
  const { stdout } = await receiver.end();
  t.match(stdout, /^payload [1-9]\d* \S/m);
  t.match(stdout, /^fds 1$/m);
  t.match(stdout, /^more 0$/m);
  t.match(stdout, /11 22\r/);
});

t.test("--pidfd-socket gets a pidfd of the process, before exec --detach returns", ours, async (t) => {
  const c = sleeping(t);
  const socket = join(c.directory, "pidfd");
  const file = join(c.directory, "pid");
  const receiver = await listener(t, socket);
  must(c.exec(["sleep", "50"], ["--detach", "--pid-file", file, "--pidfd-socket", socket]));
  const { stdout } = await receiver.end();
  t.match(stdout, /^payload [1-9]/m);
  t.match(stdout, /^fds 1$/m);
  t.match(stdout, new RegExp(`^pidfd ${readFileSync(file, "utf8")}$`, "m"));
});
