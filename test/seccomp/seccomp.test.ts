// SPDX-License-Identifier: Apache-2.0
// @lanes host
/** System call filters: what they stop, in which way, and the profile that Docker uses. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { container, must } from "../lib/container.ts";
import { readFixture } from "../lib/fixture.ts";
import { statusField } from "../lib/kernel.ts";
import { agent, isRunt, unless } from "../lib/lane.ts";
import { Background, eventually } from "../lib/run.ts";

/** Numbers of x86-64 calls that the agent makes; other machines skip. */
const CALL = {
  getpid: 39,
  mkdir: 83,
  kexec_load: 246,
  unshare: 272,
  keyctl: 250,
  personality: 135,
  getpriority: 140,
  future: 900,
};
const x86 = { skip: unless(process.arch === "x64", "the numbers of calls are those of x86-64") };

function allowBut(...syscalls: object[]): object {
  return { defaultAction: "SCMP_ACT_ALLOW", architectures: ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86"], syscalls };
}

t.test("an action for each name", x86, (t) => {
  const c = container(t, (config) => {
    config.linux.seccomp = allowBut(
      { names: ["mkdir", "mkdirat"], action: "SCMP_ACT_ERRNO", errnoRet: 28 },
      { names: ["keyctl"], action: "SCMP_ACT_ERRNO" },
      { names: ["kexec_load", "no_such_call_at_all"], action: "SCMP_ACT_KILL_PROCESS" },
    );
  });
  const pid = c.startSleeping();
  t.equal(statusField(pid, "Seccomp"), "2");
  t.match(c.exec(["mkdir", "/x"]).stderr, /No space left/, "errnoRet");
  t.equal(c.exec(["agent", "syscall", String(CALL.keyctl)]).stdout, "errno 1\n", "EPERM unless told");
  t.equal(c.exec(["agent", "syscall", String(CALL.kexec_load)]).code, 128 + 31, "killed by SIGSYS");
  t.match(c.exec(["agent", "syscall", String(CALL.getpid)]).stdout, /^result/, "the rest is allowed");
  t.end();
});

t.test("conditions on arguments", x86, (t) => {
  const c = container(t, (config) => {
    config.linux.seccomp = allowBut(
      { names: ["personality"], action: "SCMP_ACT_ERRNO", errnoRet: 22, args: [{ index: 0, value: 8, op: "SCMP_CMP_EQ" }] },
      {
        names: ["unshare"],
        action: "SCMP_ACT_ERRNO",
        errnoRet: 38,
        args: [{ index: 0, value: 0x20000, valueTwo: 0x20000, op: "SCMP_CMP_MASKED_EQ" }],
      },
      {
        names: ["getpriority"],
        action: "SCMP_ACT_ERRNO",
        errnoRet: 7,
        args: [{ index: 1, value: "u64:18446744073709551615", op: "SCMP_CMP_EQ" }],
      },
    );
  });
  c.startSleeping();
  const call = (...args: (number | string)[]): string => c.exec(["agent", "syscall", ...args.map(String)]).stdout;
  t.equal(call(CALL.personality, 8), "errno 22\n");
  t.match(call(CALL.personality, 0), /^result/);
  t.equal(call(CALL.unshare, 0x20000), "errno 38\n");
  t.equal(call(CALL.getpriority, 0, -1), "errno 7\n", "all 64 bits");
  t.match(call(CALL.getpriority, 0, 0), /^result/);
  t.equal(call(CALL.unshare, 0x4000000 | 0x20000), "errno 38\n", "masked");
  t.end();
});

t.test("a default action of ERRNO lets only what is named through", x86, (t) => {
  const profile = JSON.parse(JSON.stringify(readFixture("docker-default").linux.seccomp));
  const c = container(t, (config) => {
    config.linux.seccomp = profile;
    config.process.noNewPrivileges = false;
  });
  const pid = c.startSleeping();
  t.equal(statusField(pid, "Seccomp"), "2");
  t.equal(c.exec(["agent", "syscall", String(CALL.unshare), "0x20000"]).stdout, "errno 1\n", "unshare");
  t.equal(c.exec(["agent", "syscall", String(CALL.kexec_load)]).stdout, "errno 1\n", "kexec_load");
  t.equal(
    c.exec(["sh", "-c", "ls / > /dev/null && ping -c 1 127.0.0.1 > /dev/null && echo usual work goes on"]).stdout,
    "usual work goes on\n",
  );
  if (isRunt)
    t.equal(c.exec(["agent", "syscall", String(CALL.future)]).stdout, "errno 38\n", "a call newer than the profile is ENOSYS");
  t.end();
});

t.test(
  "noNewPrivileges with a filter that allows little",
  { skip: x86.skip || unless(isRunt, "a Go runtime needs more") },
  (t) => {
    const names =
      "read write close execve exit exit_group futex mmap munmap mprotect brk arch_prctl set_tid_address set_robust_list rseq prlimit64 readlink readlinkat getrandom newfstatat fstat stat uname getuid geteuid getgid getegid setuid setgid close_range fcntl ioctl prctl writev readv openat openat2 open pread64 lseek nanosleep clock_nanosleep rt_sigaction rt_sigprocmask rt_sigreturn getpid getppid dup2 getcwd clock_gettime poll capset capget faccessat2 faccessat access lstat wait4 kill";
    for (const noNewPrivileges of [true, false]) {
      const c = container(t, (config) => {
        config.process.noNewPrivileges = noNewPrivileges;
        config.process.args = ["/bin/busybox", "echo", "little is enough"];
        config.linux.seccomp = {
          defaultAction: "SCMP_ACT_ERRNO",
          syscalls: [{ names: names.split(" "), action: "SCMP_ACT_ALLOW" }],
        };
      });
      t.equal(c.run().stdout, "little is enough\n", `noNewPrivileges ${noNewPrivileges}`);
    }
    t.end();
  },
);

for (const flags of [["SECCOMP_FILTER_FLAG_LOG"], ["SECCOMP_FILTER_FLAG_SPEC_ALLOW"], ["SECCOMP_FILTER_FLAG_TSYNC"], []]) {
  t.test(`flags ${flags.join(" ") || "none"}`, { skip: unless(isRunt, "the reference is older") }, (t) => {
    const c = container(
      t,
      (config) => (config.linux.seccomp = { ...allowBut({ names: ["keyctl"], action: "SCMP_ACT_ERRNO" }), flags }),
    );
    t.equal(statusField(c.startSleeping(), "Seccomp"), "2");
    t.end();
  });
}

const bad: readonly { name: string; profile: object; message: RegExp }[] = [
  { name: "an unknown action", profile: allowBut({ names: ["mkdir"], action: "SCMP_ACT_NOSUCH" }), message: /SCMP_ACT_NOSUCH/ },
  { name: "an unknown default action", profile: { defaultAction: "ALLOW" }, message: /ALLOW|defaultAction/ },
  {
    name: "an unknown architecture",
    profile: { defaultAction: "SCMP_ACT_ALLOW", architectures: ["SCMP_ARCH_PDP11"] },
    message: /PDP11/,
  },
  {
    name: "an unknown operator",
    profile: allowBut({ names: ["mkdir"], action: "SCMP_ACT_ERRNO", args: [{ index: 0, value: 1, op: "SCMP_CMP_ABOUT" }] }),
    message: /SCMP_CMP_ABOUT/,
  },
  {
    name: "an argument that no call has",
    profile: allowBut({ names: ["mkdir"], action: "SCMP_ACT_ERRNO", args: [{ index: 6, value: 1, op: "SCMP_CMP_EQ" }] }),
    message: /index|6/,
  },
];
for (const { name, profile, message } of bad) {
  t.test(`${name} is an error`, (t) => {
    const c = container(t, (config) => (config.linux.seccomp = profile));
    const result = c.create();
    t.equal(result.code, 1);
    t.match(result.stderr, message);
    t.equal(c.status(), "none");
    t.end();
  });
}

t.test("a notified call is answered by the agent, who gets the container's state", x86, async (t) => {
  const c = container(t);
  const socket = join(c.directory, "agent");
  c.config.linux.seccomp = {
    ...allowBut({ names: ["mkdir"], action: "SCMP_ACT_NOTIFY" }),
    listenerPath: socket,
    listenerMetadata: "for the agent",
  };
  const answering = new Background([agent, "seccomp-agent", socket, "74"]);
  t.teardown(() => answering.dispose());
  await eventually(() => existsSync(socket));
  c.config.process.args = ["sh", "-c", "agent syscall 83 / 0; sleep 100"];
  const out = join(c.directory, "out");
  c.config.mounts.push({ destination: "/log", type: "bind", source: c.directory, options: ["bind"] });
  c.config.process.args = ["sh", "-c", "agent syscall 83 / 0 > /log/out; sleep 100"];
  must(c.create());
  must(c.start());
  t.ok(await eventually(() => existsSync(out) && readFileSync(out, "utf8") !== ""), "the call returns");
  t.equal(readFileSync(out, "utf8"), "errno 74\n", "with the agent's errno");
  const state = JSON.parse(/^state (.*)$/m.exec(answering.stdout)?.[1] ?? "{}");
  t.equal(state.state?.id, c.id);
  t.equal(state.state?.pid, c.state().pid);
  t.equal(state.pid, c.state().pid);
  t.equal(state.metadata, "for the agent");
  t.strictSame(state.fds, ["seccompFd"]);
  t.match(answering.stdout, /^fds 1$/m);
});

t.test("NOTIFY without an agent is an error, and nothing is left", (t) => {
  const c = container(t, (config) => {
    config.linux.seccomp = { ...allowBut({ names: ["mkdir"], action: "SCMP_ACT_NOTIFY" }), listenerPath: "/no/such/socket" };
  });
  const result = c.create();
  t.equal(result.code, 1);
  t.match(result.stderr, /\/no\/such\/socket|no such file/i);
  t.equal(c.status(), "none");
  t.end();
});
