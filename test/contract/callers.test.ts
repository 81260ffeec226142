// SPDX-License-Identifier: Apache-2.0
// @lanes host v2
/**
 * The command lines that conmon, conmon-rs and containerd's shim write, word by word, in the surroundings that they give: hardly any
 * environment, no HOME, and a current directory that may be anything.
 */
import { chownSync, existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import type { Test } from "tap";
import { container, must } from "../lib/container.ts";
import type { Container } from "../lib/container.ts";
import { isAlive, namespaceOf, statusField } from "../lib/kernel.ts";
import { agent, isRunt, runtime, unless } from "../lib/lane.ts";
import { Background, eventually, run, waitUntil } from "../lib/run.ts";
import type { Result } from "../lib/run.ts";

const ours = { skip: unless(isRunt, "of runt") };

interface Surroundings {
  readonly name: string;
  readonly env: NodeJS.ProcessEnv;
  /** Where the runtime is called; `gone` is a directory that was removed. */
  readonly cwd: "/" | "/proc" | "gone";
}

const surroundings: readonly Surroundings[] = [
  {
    name: "CRI-O's environment, in /",
    env: { PATH: "/usr/bin:/bin", XDG_RUNTIME_DIR: "/run/user/0", CRI_O_EXTERNAL: "1" },
    cwd: "/",
  },
  { name: "no environment, in /proc", env: {}, cwd: "/proc" },
  { name: "a PATH that leads nowhere, in a directory that is gone", env: { PATH: "/nowhere" }, cwd: "gone" },
];

/** Calls the runtime as an engine does. */
class Caller {
  readonly #c: Container;
  readonly #where: Surroundings;
  readonly #global: readonly string[];

  constructor(c: Container, where: Surroundings, global: readonly string[]) {
    this.#c = c;
    this.#where = where;
    this.#global = global;
  }

  call(words: readonly string[], input?: string): Result {
    const argv = [runtime, ...this.#global, ...words];
    const { env, cwd } = this.#where;
    const options = { env, ...(input === undefined ? {} : { input }) };
    if (cwd !== "gone") return run(argv, { ...options, cwd });
    const enter = `/bin/mkdir ${this.#c.directory}/gone && cd ${this.#c.directory}/gone && /bin/rmdir ${this.#c.directory}/gone && exec "$@"`;
    return run(["/bin/sh", "-c", enter, "sh", ...argv], options);
  }

  /** A call that has to succeed, and says nothing on standard error. */
  ok(...words: string[]): string {
    const result = must(this.call(words));
    if (result.stderr !== "") throw new Error(`${words.join(" ")}: ${result.stderr}`);
    return result.stdout;
  }
}

/** As strconv.Atoi reads it: nothing but digits. */
function pidIn(file: string): number {
  const text = readFileSync(file, "utf8");
  if (!/^[1-9]\d*$/.test(text)) throw new Error(`${file} has ${JSON.stringify(text)}`);
  return Number(text);
}

function processFile(c: Container, args: readonly string[]): string {
  const file = join(c.directory, "process.json");
  writeFileSync(file, JSON.stringify({ user: { uid: 0, gid: 0 }, args, env: ["PATH=/bin"], cwd: "/" }));
  return file;
}

async function console(t: Test, path: string): Promise<Background> {
  const background = new Background([agent, "receive-fd", path]);
  t.teardown(() => background.dispose());
  t.ok(await eventually(() => existsSync(path) && background.stdout.includes("listening")));
  return background;
}

for (const where of surroundings) {
  t.test(`containerd's shim: ${where.name}`, async (t) => {
    const c = container(t, (config) => (config.process.args = ["sleep", "100"]));
    c.save();
    const log = join(c.bundle, "log.json");
    const root = join(c.stateRoot, "k8s.io");
    mkdirSync(c.stateRoot);
    const shim = new Caller(c, where, ["--root", root, "--log", log, "--log-format", "json"]);
    t.teardown(() => shim.call(["delete", "--force", c.id]));
    const pidFile = join(c.bundle, "init.pid");
    shim.ok("create", "--bundle", c.bundle, "--pid-file", pidFile, "--no-new-keyring", c.id);
    const pid = pidIn(pidFile);
    shim.ok("start", c.id);
    t.match(JSON.parse(shim.ok("state", c.id)), { status: "running", pid, bundle: c.bundle });
    const execPid = join(c.directory, "exec.pid");
    shim.ok("exec", "--process", processFile(c, ["sleep", "4949"]), "--detach", "--pid-file", execPid, c.id);
    t.equal(namespaceOf(pidIn(execPid), "pid"), namespaceOf(pid, "pid"));
    t.strictSame(JSON.parse(shim.ok("ps", "--format", "json", c.id)), [pid, pidIn(execPid)]);
    shim.ok("pause", c.id);
    t.equal(JSON.parse(shim.ok("state", c.id)).status, "paused");
    shim.ok("resume", c.id);
    t.equal(must(shim.call(["update", "--resources", "-", c.id], "{}")).stderr, "");
    t.equal(existsSync(log) ? readFileSync(log, "utf8") : "", "", "nothing is in the log so far");
    const failed = shim.call(["exec", "--process", processFile(c, ["nosuch"]), "--detach", "--pid-file", execPid, c.id]);
    t.equal(failed.code, 255);
    t.match(JSON.parse(readFileSync(log, "utf8")), { level: "error", msg: /executable file not found in \$PATH/ });
    shim.ok("kill", "--all", c.id, "9");
    t.ok(waitUntil(() => !isAlive(pid)));
    shim.ok("delete", c.id);
    t.match(shim.call(["state", c.id]), { code: 1, stderr: /does not exist/ });
    t.equal(shim.call(["delete", "--force", c.id]).code, 0);
  });

  t.test(`containerd's shim, a terminal: ${where.name}`, async (t) => {
    const c = container(t, (config) => {
      config.process.terminal = true;
      config.process.args = ["sh", "-c", "tty; touch /ran; sleep 100"];
    });
    c.save();
    const shim = new Caller(c, where, ["--root", c.stateRoot, "--log", join(c.bundle, "log.json"), "--log-format", "json"]);
    const sockets = ["init", "exec"].map((name) => join(c.directory, `${name}.sock`));
    const [init, second] = await Promise.all(sockets.map((socket) => console(t, socket)));
    const [initSocket = "", execSocket = ""] = sockets;
    const pidFile = join(c.bundle, "init.pid");
    shim.ok("create", "--bundle", c.bundle, "--pid-file", pidFile, "--console-socket", initSocket, c.id);
    shim.ok("start", c.id);
    const file = processFile(c, ["tty"]);
    writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, "utf8")), terminal: true }));
    const words = [
      "exec",
      "--process",
      file,
      "--console-socket",
      execSocket,
      "--detach",
      "--pid-file",
      join(c.directory, "e"),
      c.id,
    ];
    shim.ok(...words);
    t.match((await second?.end())?.stdout, /^fds 1\n[^]*\/dev\/pts\/\d/m);
    t.ok(waitUntil(() => existsSync(join(c.rootfs, "ran"))));
    shim.ok("kill", c.id, "9");
    t.match((await init?.end())?.stdout, /^fds 1\n[^]*\/dev\/(pts\/0|console)/m);
    t.ok(waitUntil(() => JSON.parse(shim.ok("state", c.id)).status === "stopped"));
    shim.ok("delete", c.id);
  });

  t.test(`conmon: ${where.name}`, (t) => {
    const c = container(t, (config) => (config.process.args = ["sleep", "100"]));
    c.save();
    const conmon = new Caller(c, where, [`--root=${c.stateRoot}`]);
    const pidFile = join(c.directory, "pidfile");
    conmon.ok("create", "--bundle", c.bundle, "--pid-file", pidFile, "--no-pivot", "--no-new-keyring", c.id);
    conmon.ok("start", c.id);
    const pid = pidIn(pidFile);
    conmon.ok("exec", "--pid-file", pidFile, "--process", processFile(c, ["sleep", "4949"]), "--detach", c.id);
    t.not(pidIn(pidFile), pid, "the pid of the exec is in its place");
    t.equal(conmon.call(["exec", "--pid-file", pidFile, "--process", processFile(c, ["/nosuch"]), "--detach", c.id]).code, 255);
    t.notOk(existsSync(pidFile), "there is none of one that failed");
    conmon.ok("kill", c.id, "KILL");
    t.ok(waitUntil(() => !isAlive(pid)));
    conmon.ok("delete", "--force", c.id);
    conmon.ok("delete", "--force", c.id);
    t.end();
  });
}

t.test("conmon-rs, which takes a binary with that name for crun: the journal as the log", ours, async (t) => {
  const c = container(t, (config) => (config.process.args = ["sleep", "100"]));
  c.save();
  const crun = join(c.directory, "crun");
  symlinkSync(runtime, crun);
  const call = (...words: string[]): Result =>
    run([crun, `--root=${c.stateRoot}`, `--log=journald:${c.id}`, "--log-level=debug", ...words], {
      env: { PATH: "/bin" },
      cwd: "/",
    });
  must(call("create", `--bundle=${c.bundle}`, `--pid-file=${join(c.directory, "p")}`, c.id));
  must(call("start", c.id));
  const pidFile = join(c.directory, "e");
  must(call("exec", "-d", `--pid-file=${pidFile}`, c.id, "sh", "-c", "sleep 50 --tty 2> /dev/null; sleep 50"));
  t.ok(isAlive(pidIn(pidFile)));
  const socket = join(c.directory, "s");
  const receiver = await console(t, socket);
  must(call("exec", "-d", `--console-socket=${socket}`, "--tty", `--pid-file=${pidFile}`, c.id, "echo", "on a terminal"));
  t.match((await receiver.end()).stdout, /on a terminal/);
  const failed = call("exec", "-d", `--pid-file=${pidFile}`, c.id, "nosuch");
  t.match(failed, { code: 255, stderr: /executable file not found in \$PATH/ });
});

/** What the parent of a process is, by the kernel. */
const parentOf = (pid: number): number => Number(statusField(pid, "PPid"));

t.test("create, run --detach and exec --detach leave nobody between the process and a caller that adopts", async (t) => {
  const c = container(t, (config) => (config.process.args = ["sleep", "100"]));
  c.save();
  const file = join(c.directory, "e");
  const commands: readonly (readonly [string[], () => number])[] = [
    [c.argv("create", "--bundle", c.bundle, c.id), (): number => c.state().pid],
    [c.argv("exec", "--detach", "--pid-file", file, c.id, "sleep", "100"), (): number => pidIn(file)],
    [c.argv("run", "--detach", "--bundle", c.bundle, c.id), (): number => c.state().pid],
  ];
  for (const [argv, pidOf] of commands) {
    if (argv.includes("run")) must(c.delete("--force"));
    const shim = new Background([agent, "subreaper", ...argv]);
    t.teardown(() => shim.dispose());
    t.ok(await eventually(() => /^command \d+ exit 0$/m.test(shim.stdout)), argv.join(" "));
    const pid = pidOf();
    t.equal(parentOf(pid), shim.pid);
    process.kill(pid, "SIGKILL");
    t.ok(await eventually(() => shim.stdout.includes("orphan")));
    t.strictSame(shim.stdout.trim().split("\n").slice(1), [`orphan ${pid} signal 9`], "no other process came to it");
    if (argv.includes("create")) {
      must(c.delete("--force"));
      must(c.run(["--detach"]));
    }
  }
});

t.test("without a terminal the process has the caller's files themselves, owned by its user", (t) => {
  const c = container(t, (config) => {
    config.process.args = ["sleep", "100"];
    config.process.user = { uid: 1000, gid: 1000 };
  });
  c.save();
  const files = ["in", "out", "err"].map((name) => join(c.directory, name));
  for (const file of files) writeFileSync(file, "");
  const detached = join(c.directory, "e");
  const words = [
    ["create", "--bundle", c.bundle, c.id],
    ["exec", "--detach", "--pid-file", detached, c.id, "sleep", "100"],
  ];
  for (const command of words) {
    for (const file of files) chownSync(file, 0, 0);
    must(run(["sh", "-c", 'exec "$@" <"$0/in" >"$0/out" 2>"$0/err"', c.directory, ...c.argv(...command)]));
    const pid = command[0] === "create" ? c.state().pid : pidIn(detached);
    files.forEach((file, fd) => {
      const [theirs, mine] = [statSync(`/proc/${pid}/fd/${fd}`), statSync(file)];
      t.strictSame([theirs.dev, theirs.ino, theirs.uid], [mine.dev, mine.ino, 1000], `${command[0]}: ${fd}`);
    });
  }
  t.end();
});
