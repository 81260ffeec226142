// SPDX-License-Identifier: Apache-2.0
// @lanes host @timeout 180
/** Attacks by a hostile process, as published against runtimes; each test names its flaw. */
import { createHash } from "node:crypto";
import { existsSync, openSync, readFileSync, readdirSync, readlinkSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { container, must } from "../lib/container.ts";
import { agent, isRunt, runtime, unless } from "../lib/lane.ts";
import { isAlive } from "../lib/kernel.ts";
import { Background, eventually, run, waitUntil } from "../lib/run.ts";

function fileHash(path: string): string {
  return createHash("sha256").update(readFileSync(path)).digest("hex");
}

t.test("CVE-2019-5736: the runtime's binary cannot be written through /proc/PID/exe", (t) => {
  const before = fileHash(runtime);
  const c = container(t);
  // The entry point is the runtime itself, run by the interpreter of a script; and exec from inside watches for newcomers.
  writeFileSync(join(c.rootfs, "self"), "#!/proc/self/exe\n", { mode: 0o755 });
  c.config.process.args = ["sh", "-c", "for i in 1 2 3; do /self; (: > /proc/self/exe); done; agent spy 3"];
  must(c.create());
  must(c.start());
  for (let times = 0; times < 10; times++) c.exec(["/proc/self/exe"], [], { timeout: 10 });
  for (let times = 0; times < 5; times++) c.exec(["/self"], [], { timeout: 10 });
  waitUntil(() => c.status() === "stopped");
  t.equal(fileHash(runtime), before);
  t.end();
});

/** How a process comes to run from a safe view of its binary, and what stands before the command for that. */
const PR_SET_MM = "35";
const ways: [how: string, before: string[]][] = [
  ["in place", []],
  ["by execve, where the kernel refuses to do it in place", [agent, "refuse-prctl", PR_SET_MM]],
];

for (const [how, before] of ways)
  t.test(
    `CVE-2019-5736: the mount that the runtime runs from cannot be made writable, not even by root of the host: ${how}`,
    { skip: unless(isRunt, "for runt alone") },
    async (t) => {
      const c = container(t);
      c.save();
      const config = join(c.directory, "config");
      must(run(["mkfifo", config]));
      // It waits for its configuration: it has come to its view of itself, and not gone on.
      const waiting = new Background([...before, ...c.argv("create", "--config", config, "--bundle", c.bundle, c.id)]);
      t.teardown(() => waiting.dispose());
      const exe = `/proc/${waiting.pid}/exe`;
      await eventually(() => readlinkSync(exe) === "/");
      t.notMatch(readFileSync(`/proc/${waiting.pid}/maps`, "utf8"), runtime, "nothing of it is mapped from elsewhere");
      t.equal(
        must(run([agent, "make-writable", String(waiting.pid)])).stdout,
        "tried\n",
        "a mount of no namespace takes no change",
      );
      t.throws(() => openSync(exe, "r+"), /EROFS|ETXTBSY/);
    },
  );

t.test("CVE-2024-21626: a working directory in a leaked descriptor", (t) => {
  for (let fd = 3; fd < 16; fd++) {
    const c = container(t, (config) => {
      config.process.cwd = `/proc/self/fd/${fd}`;
      config.process.args = ["sh", "-c", "pwd; ls -d ../../../../../../boot"];
    });
    const result = c.run();
    t.not(result.code, 0, `fd ${fd}`);
    t.notMatch(result.stdout, /boot/);
  }
  const c = container(t);
  c.startSleeping();
  for (let fd = 3; fd < 16; fd++) {
    const result = c.exec(["pwd"], ["--cwd", `/proc/self/fd/${fd}`]);
    t.equal(result.code, 255, `exec, fd ${fd}`);
    t.equal(result.stdout, "");
  }
  t.end();
});

t.test("CVE-2024-21626: through a link in the image", (t) => {
  const c = container(t, (config) => {
    config.process.cwd = "/link";
    config.process.args = ["pwd"];
  });
  symlinkSync("/proc/self/fd/7", join(c.rootfs, "link"));
  t.not(c.run().code, 0);
  t.end();
});

t.test("no descriptor of the caller's reaches the container", (t) => {
  const c = container(t, (config) => (config.process.args = ["sleep", "100"]));
  c.save();
  const script = 'exec 7</ 8</etc/passwd 9>/dev/null; exec "$@"';
  must(run(["sh", "-c", script, "sh", ...c.argv("run", "--detach", "--bundle", c.bundle, c.id)]));
  const pid = c.state().pid;
  t.strictSame(readdirSync(`/proc/${pid}/fd`), ["0", "1", "2"]);
  t.end();
});

t.test("the state directory is not for others to read", (t) => {
  const c = container(t);
  must(c.create());
  t.equal(statSync(c.stateRoot).mode & 0o7777, isRunt ? 0o1700 : 0o700);
  t.equal(statSync(join(c.stateRoot, c.id)).mode & 0o066, 0);
  t.end();
});

t.test(
  "the session keyring is the container's own",
  { skip: unless(process.arch === "x64", "the number of keyctl is that of x86-64") },
  (t) => {
    const ours = must(run([agent, "syscall", "250", "0", "-3", "0"])).stdout;
    const theirs = container(t).sh("agent syscall 250 0 -3 0").stdout;
    t.match(theirs, /^result \d+/);
    t.not(theirs, ours);
    t.end();
  },
);

t.test(
  "who may trace the process of an exec cannot make the runtime take another process of the host for it",
  { skip: unless(isRunt && process.arch === "x64", "how runt starts a process, and registers of x86-64") },
  async (t) => {
    for (const text of ["", '{"type":"error","chain":[{"kind":"clause","message":"forged"}]}']) {
      const victim = new Background(["sleep", "60"]);
      t.teardown(() => victim.dispose());
      const c = container(t, (config) => {
        const names = ["CAP_DAC_OVERRIDE", "CAP_KILL", "CAP_SYS_PTRACE"];
        config.process.capabilities = { bounding: names, permitted: names, effective: names };
        config.process.args = ["sh", "-c", `agent forge ${victim.pid} '${text}' 30 > /forged`];
      });
      must(c.create());
      must(c.start());
      await eventually(() => existsSync(join(c.rootfs, "forged")) && c.read("forged").includes("waiting"));
      const pidFile = join(c.directory, "pid");
      // A large environment takes its time: the process is there for longer before it is the program.
      const large = Array.from({ length: 12 }, (_, index) => ["--env", `V${index}=${"x".repeat(120_000)}`]).flat();
      let [attacks, named] = [0, 0];
      for (let times = 0; times < 60 && attacks < 3; times++) {
        const { code } = c.exec(["true"], ["--detach", "--pid-file", pidFile, ...large]);
        if (code === 0 && readFileSync(pidFile, "utf8") === String(victim.pid)) named++;
        attacks = c.read("forged").match(/^forged/gm)?.length ?? 0;
      }
      t.ok(attacks >= 1, `${attacks} attacks`);
      t.equal(named, 0, "the pid file does not name the victim");
      t.ok(isAlive(victim.pid), "the victim is alive");
    }
  },
);

for (const more of [[], ["CAP_SYS_PTRACE"], ["CAP_SYS_PTRACE", "CAP_SYS_ADMIN"]]) {
  const mayTrace = more.length > 0;
  t.test(
    `CVE-2016-9962, CVE-2019-5736: who enters the container shows no descriptor${mayTrace ? `, even to ${more.join(" and ")}` : ", and cannot be traced"}`,
    async (t) => {
      const c = container(t, (config) => {
        const names = ["CAP_DAC_OVERRIDE", "CAP_KILL", ...more];
        config.process.capabilities = { bounding: names, permitted: names, effective: names };
        config.process.args = ["sh", "-c", "agent spy 4 > /spied"];
      });
      must(c.create());
      must(c.start());
      await eventually(() => existsSync(join(c.rootfs, "spied")));
      for (let times = 0; times < 40 && c.status() === "running"; times++) c.exec(["true"]);
      waitUntil(() => c.status() === "stopped");
      const spied = c.read("spied");
      t.match(spied, /rounds [1-9]/);
      t.notMatch(spied, /WRITABLE-EXE|REMOUNTED/, "no executable that can be written, nor be made so");
      if (isRunt) t.notMatch(spied, /^FD /m, "no descriptor of the host");
      // With the capability tracing is the container's right, and what it traces has no more rights than it has itself.
      if (isRunt && !mayTrace) t.notMatch(spied, /PTRACED/, "no tracing");
    },
  );
}
