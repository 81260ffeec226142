// SPDX-License-Identifier: Apache-2.0
// @lanes host v2
/** Terminals: the console socket, and what goes with it. Descriptors passed and received. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import type { Test } from "tap";
import { container, must } from "../lib/container.ts";
import type { Container } from "../lib/container.ts";
import { agent, isRunt, unless } from "../lib/lane.ts";
import { Background, eventually, run } from "../lib/run.ts";

/** A listener for one connection at `path`, with what it got in its output. */
async function listener(t: Test, path: string, input = ""): Promise<Background> {
  const background = new Background([agent, "receive-fd", path, input]);
  t.teardown(() => background.dispose());
  await eventually(() => existsSync(path) && background.stdout.includes("listening"));
  return background;
}

function withTerminal(c: Container, script: string): string {
  c.config.process.terminal = true;
  c.config.process.args = ["sh", "-c", script];
  return join(c.directory, "console");
}

t.test("create --console-socket sends the terminal's master, in one message", async (t) => {
  const c = container(t);
  const socket = withTerminal(
    c,
    "tty; stty size; test -t 0 && test -t 1 && test -t 2 && echo all; ls -l /dev/console; echo ready; read line; echo got $line",
  );
  c.config.process["consoleSize"] = { height: 33, width: 77 };
  const receiver = await listener(t, socket, "typed\n");
  must(c.create(["--console-socket", socket]));
  must(c.start());
  const { stdout } = await receiver.end();
  t.match(stdout, /^payload [1-9]\d* \S/m, "the payload is not empty");
  t.match(stdout, /^fds 1$/m, "one descriptor");
  t.match(stdout, /^fd .*ptmx$/m, "the master");
  t.match(stdout, /^more 0$/m, "then nothing more");
  t.match(stdout, /\/dev\/(pts\/0|console)\r/, "the process has it as its terminal");
  t.match(stdout, /33 77/, "with the size of the config");
  t.match(stdout, /all\r/);
  t.match(stdout, /crw.*\/dev\/console/);
  t.match(stdout, /got typed/);
});

t.test("the terminal controls the process", async (t) => {
  const c = container(t);
  const socket = withTerminal(c, "trap 'echo interrupted; exit' INT; echo ready; while :; do sleep 0.05; done");
  const receiver = await listener(t, socket, "\u0003");
  must(c.create(["--console-socket", socket]));
  must(c.start());
  const { stdout } = await receiver.end();
  t.match(stdout, /interrupted/);
});

t.test("exec --tty with a console socket", async (t) => {
  const c = container(t);
  c.startSleeping();
  const socket = join(c.directory, "console");
  const receiver = await listener(t, socket);
  must(c.exec(["sh", "-c", "tty; echo in exec"], ["--tty", "--detach", "--console-socket", socket]));
  const { stdout } = await receiver.end();
  t.match(stdout, /^fds 1$/m);
  t.match(stdout, /\/dev\/pts\/\d+/);
  t.match(stdout, /in exec/);
});

t.test("a terminal and a socket need each other", (t) => {
  const c = container(t);
  withTerminal(c, "true");
  const without = c.create();
  t.equal(without.code, 1);
  t.match(without.stderr, /cannot allocate tty if runc will detach without setting console socket/);
  c.config.process.terminal = false;
  const alone = c.create(["--console-socket", "/no/where"]);
  t.equal(alone.code, 1);
  t.match(alone.stderr, /cannot use console socket if runc will not detach or allocate tty/);
  t.equal(c.status(), "none");
  for (const [terminal, flags, says] of [
    [true, ["--console-socket", "/no/where"], "cannot use console socket if runc will not detach or allocate tty"],
    [false, ["--console-socket", "/no/where", "--detach"], "cannot use console socket if runc will not detach or allocate tty"],
    [true, ["--detach"], "cannot allocate tty if runc will detach without setting console socket"],
  ] as const) {
    c.config.process.terminal = terminal;
    t.match(c.run(flags), { code: 1, stderr: says }, `run ${flags.join(" ")}`);
    t.equal(c.status(), "none");
  }
  t.end();
});

t.test("a console socket that nobody listens at is an error, and nothing is left", (t) => {
  const c = container(t);
  withTerminal(c, "true");
  const result = c.create(["--console-socket", join(c.directory, "nobody")]);
  t.equal(result.code, 1);
  t.equal(c.status(), "none");
  t.end();
});

t.test(
  "--pidfd-socket sends a pidfd of init before create returns",
  { skip: unless(isRunt, "the reference is older") },
  async (t) => {
    const c = container(t, (config) => (config.process.args = ["sleep", "100"]));
    const socket = join(c.directory, "pidfd");
    const receiver = await listener(t, socket);
    must(c.create(["--pidfd-socket", socket]));
    const { stdout } = await receiver.end();
    t.match(stdout, /^fds 1$/m);
    t.match(stdout, new RegExp(`^pidfd ${c.state().pid}$`, "m"));
  },
);

t.test("run --preserve-fds passes descriptors to the process", (t) => {
  const c = container(t, (config) => {
    config.process.args = ["sh", "-c", "for i in 3 4 5 6 7 8 9; do [ -e /proc/self/fd/$i ] && printf $i; done; true"];
  });
  c.save();
  const pass = (...flags: string[]): string =>
    must(run(["sh", "-c", 'exec 3<&0 4<&0 5<&0; exec "$@"', "sh", ...c.argv("run", "--bundle", c.bundle, ...flags, c.id)]))
      .stdout;
  t.equal(pass(), "");
  t.equal(pass("--preserve-fds", "3"), "345");
  t.end();
});
