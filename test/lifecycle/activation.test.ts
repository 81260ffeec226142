// SPDX-License-Identifier: Apache-2.0
// @lanes host v2
/** A service manager as the caller: NOTIFY_SOCKET and LISTEN_FDS. sd_notify(3), sd_listen_fds(3) */
import { closeSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import type { Test } from "tap";
import { container, must } from "../lib/container.ts";
import type { Container } from "../lib/container.ts";
import { agent } from "../lib/lane.ts";
import { Background, run, waitUntil } from "../lib/run.ts";

const sayReady = "agent notify $'READY=1\\nMAINPID=1\\nSTATUS=up'";

/** A service manager that takes `count` messages, and the environment that names it. */
function manager(t: Test, c: Container, count: number): { messages: () => string[]; env: NodeJS.ProcessEnv } {
  const path = join(c.directory, "manager.sock");
  const program = new Background([agent, "notify-manager", path, String(count)]);
  t.teardown(() => program.dispose());
  if (!waitUntil(() => program.stdout.startsWith("listening"))) throw new Error(program.stderr);
  return {
    messages: () => program.stdout.trim().split("\n").slice(1),
    env: { ...process.env, NOTIFY_SOCKET: path },
  };
}

t.test("start waits until the container is ready, and makes it the main process", (t) => {
  const c = container(t, (config) => (config.process.args = ["sh", "-c", `sleep 0.3; ${sayReady}; sleep 100`]));
  const { messages, env } = manager(t, c, 3);
  must(c.create([], { env }));
  must(c.command(["start", c.id], { env }));
  const { pid } = c.state();
  t.strictSame(messages(), ["READY=1| 0", `MAINPID=${pid}| 0`, "BARRIER=1| 1"]);
  t.equal(c.status(), "running");
  t.end();
});

t.test("run --detach does the same", (t) => {
  const c = container(t, (config) => (config.process.args = ["sh", "-c", `${sayReady}; sleep 100`]));
  const { messages, env } = manager(t, c, 3);
  must(c.run(["--detach"], { env }));
  t.equal(messages()[1], `MAINPID=${c.state().pid}| 0`);
  t.end();
});

t.test("in the foreground what a container says is passed on, but for its pids", (t) => {
  const script = `${sayReady}; agent notify WATCHDOG=1; agent notify FDSTORE=1; echo $NOTIFY_SOCKET; grep -c /run/notify /proc/self/mounts`;
  const c = container(t, (config) => (config.process.args = ["sh", "-c", script]));
  const { messages, env } = manager(t, c, 2);
  t.equal(must(c.run([], { env })).stdout, "/run/notify/notify.sock\n1\n");
  t.ok(waitUntil(() => messages().length === 2));
  t.strictSame(messages(), ["READY=1|STATUS=up| 0", "WATCHDOG=1| 0"]);
  t.end();
});

t.test("a container that ends without a word, and one that nobody listens to", (t) => {
  const silent = container(t, (config) => (config.process.args = ["true"]));
  const { env } = manager(t, silent, 1);
  must(silent.run(["--detach"], { env }));
  const unheard = container(t, (config) => (config.process.args = ["agent", "notify", "READY=1"]));
  must(unheard.run([], { env: { ...process.env, NOTIFY_SOCKET: "/no/such/socket" } }));
  t.end();
});

t.test("one that never gets ready can be deleted while start waits", async (t) => {
  const c = container(t, (config) => (config.process.args = ["sleep", "100"]));
  const { env } = manager(t, c, 1);
  must(c.create([], { env }));
  const start = c.background(["start", c.id], { env });
  t.teardown(() => start.dispose());
  t.ok(waitUntil(() => c.status() === "running"));
  must(c.delete("--force"));
  t.notOk((await start.end(5)).timedOut);
  t.end();
});

t.test("sockets of LISTEN_FDS come before those of --preserve-fds", (t) => {
  const c = container(t, (config) => {
    config.process.args = [
      "sh",
      "-c",
      "echo $LISTEN_FDS $LISTEN_PID $LISTEN_FDNAMES; cat <&3; cat <&4; ls /proc/self/fd | wc -l",
    ];
  });
  c.save();
  writeFileSync(join(c.directory, "3"), "three\n");
  writeFileSync(join(c.directory, "4"), "four\n");
  const fds = ["3", "4"].map((name) => openSync(join(c.directory, name), "r"));
  t.teardown(() => fds.forEach((fd) => closeSync(fd)));
  const argv = c.argv("run", "--bundle", c.bundle, "--preserve-fds", "1", c.id);
  const listen = `LISTEN_FDS=1 LISTEN_FDNAMES=web LISTEN_PID=$$ exec "$@"`;
  t.match(must(run(["sh", "-c", listen, "sh", ...argv], { extraFds: fds })).stdout, /^1 1 web\nthree\nfour\n/);

  const foreign = `LISTEN_FDS=1 LISTEN_PID=1 exec "$@"`;
  c.config.process.args = ["sh", "-c", "echo ${LISTEN_FDS:-none}; [ -e /proc/self/fd/3 ] || echo closed"];
  c.save();
  const plain = c.argv("run", "--bundle", c.bundle, c.id);
  t.equal(must(run(["sh", "-c", foreign, "sh", ...plain], { extraFds: fds })).stdout, "none\nclosed\n");
  t.match(run(["sh", "-c", listen, "sh", ...plain]).stderr, /LISTEN_FDS=1: descriptor 3 is not open/);
  t.equal(readFileSync(join(c.directory, "3"), "utf8"), "three\n");
  t.end();
});
