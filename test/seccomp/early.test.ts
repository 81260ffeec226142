// SPDX-License-Identifier: Apache-2.0
// @lanes host @timeout 120
/**
 * What a profile must allow for the runtime's sake: docs/seccomp.md. With no_new_privs the filter is the last step before execve(2);
 * without, CAP_SYS_ADMIN loads it, which must be given up afterwards.
 */
import { writeFileSync } from "node:fs";
import t from "tap";
import type { TestConfig } from "../lib/config.ts";
import { container, must, recordText, stateFile } from "../lib/container.ts";
import type { Container } from "../lib/container.ts";
import { readFixture } from "../lib/fixture.ts";
import { statusField } from "../lib/kernel.ts";
import { isRunt, unless } from "../lib/lane.ts";
import { nothingLeft } from "../lib/refusal.ts";
import { waitUntil } from "../lib/run.ts";
import type { Result } from "../lib/run.ts";

const EPERM = 1;

/** Every call that some runtime makes between its first look at a container and the program. */
const CALLS = (
  "accept access alarm arch_prctl bind brk capget capset chdir chown clock_gettime clone clone3 close close_range connect dup dup2 dup3 " +
  "epoll_ctl eventfd2 exit exit_group faccessat faccessat2 fchdir fchown fchownat fcntl fork fstat fstatfs fsync futex getcwd getdents64 " +
  "getegid geteuid getgid getgroups getpgrp getpid getppid getpriority getrandom getrlimit getsid getsockopt gettid getuid ioctl keyctl " +
  "kill lseek lstat madvise memfd_create mmap mount mprotect mremap munmap nanosleep newfstatat open openat openat2 pidfd_open pipe2 " +
  "pivot_root poll ppoll prctl pread64 prlimit64 pselect6 read readlink readlinkat readv recvfrom recvmsg rt_sigaction rt_sigprocmask " +
  "rt_sigreturn sched_setaffinity sched_yield seccomp sendmsg sendto set_robust_list set_tid_address setgid setgroups sethostname " +
  "setns setpgid setpriority setregid setresgid setresuid setreuid setrlimit setsid setsockopt setuid sigaltstack socket socketpair " +
  "stat statfs statx symlinkat sync tgkill umask umount2 uname unshare vfork wait4 waitid write writev"
).split(" ");

/** Without which the program itself does not run. */
const OF_THE_PROGRAM = new Set(["execve", "brk", "arch_prctl", "exit_group"]);

/** What runt needs after the filter. Every entry more is a profile less that works. */
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  "create, noNewPrivileges": [],
  "exec, noNewPrivileges": [],
  "create, without": ["capset", "close", "read", "write"],
  "exec, without": ["capset", "clone", "close_range", "setsid", "write"],
};

function setFilter(config: TestConfig, noNewPrivileges: boolean, denied: readonly string[]): void {
  config.process.noNewPrivileges = noNewPrivileges;
  const rules = denied.length === 0 ? [] : [{ names: denied, action: "SCMP_ACT_ERRNO", errnoRet: EPERM }];
  config.linux.seccomp = { defaultAction: "SCMP_ACT_ALLOW", syscalls: rules };
}

/** The profile of exec is that of the container, which is kept behind the record: as if the container were made with it. */
function keepAnotherConfig(c: Container): void {
  const record = `record ${recordText(c)}\n`;
  const config = JSON.stringify(c.config);
  writeFileSync(stateFile(c), `${record}config ${Buffer.byteLength(config)}\n${config}\n${record}`);
}

/** Without the runtime's word there is no failure of its own: what the program makes of such a filter is its own affair. */
const ranInto = ({ code, stderr }: Result): string | undefined => (code === 1 || code === 255 ? stderr : undefined);

/** The calls of which `tryWith` fails when they are denied: all others at once, and then each alone. */
function neededCalls(tryWith: (denied: readonly string[]) => Result, expected: readonly string[]): string[] {
  const candidates = CALLS.filter((name) => !OF_THE_PROGRAM.has(name));
  const failure = ranInto(tryWith(candidates.filter((name) => !expected.includes(name))));
  if (failure !== undefined) return [`more than ${expected.join(" ")}: ${failure}`];
  return expected.filter((name) => ranInto(tryWith([name])) !== undefined);
}

const ours = { skip: unless(isRunt && process.arch === "x64", "of runt, and the list of calls is that of x86-64") };

for (const noNewPrivileges of [true, false]) {
  const mode = noNewPrivileges ? "noNewPrivileges" : "without";

  t.test(`create, ${mode}: what a profile must allow`, ours, (t) => {
    const expected = NEEDED[`create, ${mode}`] ?? [];
    const c = container(t, (config) => (config.process.args = ["/bin/busybox", "true"]));
    const tryWith = (denied: readonly string[]): Result => {
      setFilter(c.config, noNewPrivileges, denied);
      const created = c.create();
      const result = created.code === 0 ? c.start() : created;
      c.delete("--force");
      return result;
    };
    t.strictSame(neededCalls(tryWith, expected), expected);
    t.end();
  });

  t.test(`exec, ${mode}: what a profile must allow`, ours, (t) => {
    const expected = NEEDED[`exec, ${mode}`] ?? [];
    const c = container(t);
    c.startSleeping();
    const tryWith = (denied: readonly string[]): Result => {
      setFilter(c.config, noNewPrivileges, denied);
      keepAnotherConfig(c);
      return c.exec(["/bin/busybox", "true"]);
    };
    t.strictSame(neededCalls(tryWith, expected), expected);
    t.end();
  });
}

/** Docker's default profile, as Docker sends it. */
function useDockersProfile(c: Container, noNewPrivileges: boolean, uid: number): void {
  c.config.linux.seccomp = structuredClone(readFixture("docker-default").linux.seccomp);
  c.config.process.noNewPrivileges = noNewPrivileges;
  c.config.process.user = { uid, gid: uid };
}

for (const noNewPrivileges of [true, false]) {
  for (const uid of [0, 1000]) {
    t.test(`Docker's profile, noNewPrivileges ${noNewPrivileges}, uid ${uid}`, (t) => {
      const c = container(t);
      useDockersProfile(c, noNewPrivileges, uid);
      t.equal(must(c.sh("echo ran; grep -c . /proc/self/status > /dev/null")).stdout, "ran\n", "run");
      const pid = c.startSleeping();
      t.equal(statusField(pid, "Seccomp"), "2", "create and start");
      const capabilities = statusField(pid, "CapEff");
      for (const flags of [[], ["--user", "1000"], ["--user", "0"], ["--tty"], ["--no-new-privs"], ["--cap", "CAP_NET_ADMIN"]]) {
        const { stdout } = must(c.exec(["grep", "-E", "^(Seccomp|NoNewPrivs):", "/proc/self/status"], flags));
        t.match(stdout, /^Seccomp:\s+2\r?$/m, `exec ${flags.join(" ")}`);
        t.match(stdout, noNewPrivileges || flags.includes("--no-new-privs") ? /^NoNewPrivs:\s+1/m : /^NoNewPrivs:\s+0/m);
      }
      const inside = must(c.exec(["grep", "^CapEff:", "/proc/self/status"])).stdout;
      t.equal(/^CapEff:\s+(\S+)/m.exec(inside)?.[1], capabilities, "exec has the capabilities of the container");
      t.end();
    });
  }
}

t.test("what is permitted under a filter is what the config says, ambient capabilities too", (t) => {
  const names = ["CAP_KILL", "CAP_NET_BIND_SERVICE"];
  const sets = {
    bounding: names,
    permitted: names,
    effective: ["CAP_KILL"],
    inheritable: names,
    ambient: ["CAP_NET_BIND_SERVICE"],
  };
  const status = (noNewPrivileges: boolean, denied: readonly string[] | undefined): string => {
    const c = container(t);
    if (denied !== undefined) setFilter(c.config, noNewPrivileges, denied);
    c.config.process.noNewPrivileges = noNewPrivileges;
    c.config.process.capabilities = sets;
    c.config.process.user = { uid: 1000, gid: 1000 };
    const script = "grep ^Cap /proc/self/status";
    const first = must(c.sh(script)).stdout;
    c.startSleeping();
    t.equal(must(c.exec(["sh", "-c", script])).stdout, first, "exec has the same as run");
    return first;
  };
  const expected = status(true, undefined);
  t.match(expected, /^CapAmb:\s+0*400$/m);
  for (const noNewPrivileges of [true, false]) t.equal(status(noNewPrivileges, ["mkdir"]), expected, String(noNewPrivileges));
  t.end();
});

for (const noNewPrivileges of [true, false]) {
  for (const defaultAction of ["SCMP_ACT_ERRNO", "SCMP_ACT_KILL_PROCESS", "SCMP_ACT_TRAP"]) {
    const title = `a profile that allows nothing, ${defaultAction}, noNewPrivileges ${noNewPrivileges}: all ends, nothing is left`;
    t.test(title, { skip: unless(isRunt, "a Go runtime needs more") }, (t) => {
      const nothing = { defaultAction, syscalls: [] };
      const c = container(t, (config) => {
        config.process.noNewPrivileges = noNewPrivileges;
        config.linux.seccomp = nothing;
      });
      const run = c.run([], { timeout: 10 });
      t.notOk(run.timedOut, "run ends");
      t.not(run.code, 0);
      t.equal(c.status(), "none");
      const created = c.create([], { timeout: 10 });
      t.notOk(created.timedOut, "create ends");
      if (created.code !== 0) t.match(created.stderr, /^hint: linux\.seccomp stopped it: .* capset/m);
      if (created.code === 0) t.notOk(c.command(["start", c.id], { timeout: 10 }).timedOut, "start ends");
      t.ok(
        waitUntil(() => ["stopped", "none"].includes(c.status())),
        "and the process",
      );
      c.delete("--force");
      nothingLeft(t, c);

      delete c.config.linux.seccomp;
      c.startSleeping();
      c.config.linux.seccomp = nothing;
      keepAnotherConfig(c);
      const exec = c.exec(["true"], [], { timeout: 10 });
      t.notOk(exec.timedOut, "exec ends");
      t.not(exec.code, 0);
      t.equal(c.status(), "running");
      t.end();
    });
  }
}
