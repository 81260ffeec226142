// SPDX-License-Identifier: Apache-2.0
// @lanes host
/** What the process is: user, groups, umask, limits, capabilities, environment, scheduling. Read from /proc/PID. */
import { readFileSync } from "node:fs";
import t from "tap";
import { container, must } from "../lib/container.ts";
import { capabilityNumbers, limits, statusField } from "../lib/kernel.ts";
import { boundingSet, isRunt, mayRaiseLimits, unless } from "../lib/lane.ts";

t.test("user, group, additional groups and umask", (t) => {
  const c = container(t, (config) => {
    config.process.user = { uid: 1000, gid: 1001, additionalGids: [5, 2000], umask: 0o027 };
  });
  const pid = c.startSleeping();
  t.equal(statusField(pid, "Uid"), "1000\t1000\t1000\t1000");
  t.equal(statusField(pid, "Gid"), "1001\t1001\t1001\t1001");
  t.strictSame(
    statusField(pid, "Groups")
      ?.split(/\s+/)
      .filter((gid) => gid !== "1001"),
    ["5", "2000"],
  );
  t.equal(statusField(pid, "Umask"), "0027");
  t.end();
});

t.test("no groups of the runtime's are left", (t) => {
  const c = container(t);
  t.match(statusField(c.startSleeping(), "Groups"), /^0?$/);
  t.end();
});

const CAPS = { CHOWN: 0, KILL: 5, SETGID: 6, SETUID: 7, NET_BIND_SERVICE: 10, SYS_CHROOT: 18 };

t.test("each capability set is exactly as told", (t) => {
  const c = container(t, (config) => {
    config.process.capabilities = {
      bounding: ["CAP_CHOWN", "CAP_KILL", "CAP_NET_BIND_SERVICE", "CAP_SYS_CHROOT"],
      permitted: ["CAP_CHOWN", "CAP_KILL", "CAP_NET_BIND_SERVICE"],
      effective: ["CAP_CHOWN", "CAP_NET_BIND_SERVICE"],
      inheritable: ["CAP_NET_BIND_SERVICE"],
      ambient: ["CAP_NET_BIND_SERVICE"],
    };
    config.process.user = { uid: 1000, gid: 1000 };
  });
  const pid = c.startSleeping();
  const set = (name: string): number[] => capabilityNumbers(statusField(pid, name));
  t.strictSame(set("CapBnd"), [CAPS.CHOWN, CAPS.KILL, CAPS.NET_BIND_SERVICE, CAPS.SYS_CHROOT]);
  t.strictSame(set("CapInh"), [CAPS.NET_BIND_SERVICE]);
  t.strictSame(set("CapAmb"), [CAPS.NET_BIND_SERVICE]);
  // After execve(2) by a user that is not root: what is ambient, no more.
  t.strictSame(set("CapPrm"), [CAPS.NET_BIND_SERVICE]);
  t.strictSame(set("CapEff"), [CAPS.NET_BIND_SERVICE]);
  t.end();
});

t.test("root gets the bounding set at execve, and no capability without one", (t) => {
  const some = container(t, (config) => {
    const names = ["CAP_CHOWN", "CAP_SETUID"];
    config.process.capabilities = { bounding: names, permitted: names, effective: names };
  });
  const pid = some.startSleeping();
  t.strictSame(capabilityNumbers(statusField(pid, "CapEff")), [CAPS.CHOWN, CAPS.SETUID]);
  t.strictSame(capabilityNumbers(statusField(pid, "CapInh")), []);
  t.strictSame(capabilityNumbers(statusField(pid, "CapAmb")), []);

  const none = container(t, (config) => (config.process.capabilities = {}));
  const bare = none.startSleeping();
  for (const name of ["CapBnd", "CapPrm", "CapEff", "CapInh", "CapAmb"])
    t.equal(statusField(bare, name), "0000000000000000", name);
  t.end();
});

t.test("all capabilities that this machine has", (t) => {
  const all = capabilityNumbers(boundingSet().toString(16));
  const c = container(t, (config) => {
    const names = ["CAP_SYS_ADMIN", "CAP_SYS_PTRACE", "CAP_NET_ADMIN", "CAP_CHECKPOINT_RESTORE", "CAP_BPF", "CAP_PERFMON"];
    config.process.capabilities = { bounding: names, permitted: names, effective: names };
  });
  const wanted = [12, 19, 21, 38, 39, 40].filter((number) => all.includes(number));
  t.strictSame(capabilityNumbers(statusField(c.startSleeping(), "CapEff")), wanted);
  t.end();
});

t.test(
  "a capability that the runtime does not have is left out, with no failure",
  { skip: unless(isRunt && !mayRaiseLimits, "this machine grants all") },
  (t) => {
    const c = container(t, (config) => {
      const names = ["CAP_KILL", "CAP_SYS_RESOURCE"];
      config.process.capabilities = { bounding: names, permitted: names, effective: names };
    });
    t.strictSame(capabilityNumbers(statusField(c.startSleeping(), "CapEff")), [CAPS.KILL]);
    t.end();
  },
);

for (const value of [true, false]) {
  t.test(`noNewPrivileges ${value}`, (t) => {
    const c = container(t, (config) => (config.process.noNewPrivileges = value));
    t.equal(statusField(c.startSleeping(), "NoNewPrivs"), value ? "1" : "0");
    t.end();
  });
}

t.test("resource limits", (t) => {
  const c = container(t, (config) => {
    config.process.rlimits = [
      { type: "RLIMIT_NOFILE", soft: 100, hard: 200 },
      { type: "RLIMIT_CORE", soft: 0, hard: 0 },
      { type: "RLIMIT_STACK", soft: 1048576, hard: 2097152 },
      { type: "RLIMIT_CPU", soft: 1000, hard: 2000 },
      { type: "RLIMIT_NPROC", soft: 50, hard: 60 },
    ];
  });
  const pid = c.startSleeping();
  t.strictSame(limits(pid, "open files"), ["100", "200"]);
  t.strictSame(limits(pid, "core file size"), ["0", "0"]);
  t.strictSame(limits(pid, "stack size"), ["1048576", "2097152"]);
  t.strictSame(limits(pid, "cpu time"), ["1000", "2000"]);
  t.strictSame(limits(pid, "processes"), ["50", "60"]);
  t.equal(must(c.exec(["sh", "-c", "ulimit -n; ulimit -Hn"])).stdout, "100\n200\n", "exec has them too");
  t.end();
});

const badLimits: readonly { name: string; rlimits: { type: string; soft: number; hard: number }[]; message: RegExp }[] = [
  { name: "an unknown limit", rlimits: [{ type: "RLIMIT_NOSUCH", soft: 1, hard: 1 }], message: /RLIMIT_NOSUCH/ },
  {
    name: "the same limit twice",
    rlimits: [
      { type: "RLIMIT_CORE", soft: 0, hard: 0 },
      { type: "RLIMIT_CORE", soft: 1, hard: 1 },
    ],
    message: /RLIMIT_CORE/,
  },
];
for (const { name, rlimits, message } of badLimits) {
  t.test(`${name} is an error`, { skip: unless(isRunt, "the reference takes some") }, (t) => {
    const result = container(t, (config) => (config.process.rlimits = rlimits)).create();
    t.equal(result.code, 1);
    t.match(result.stderr, message);
    t.end();
  });
}

t.test("the environment is the config's, and HOME from the container's passwd", (t) => {
  const c = container(t, (config) => {
    config.process.env = ["PATH=/bin", "A=1", "A=2", "EMPTY=", "SPACE=a b", "UTF8=grün"];
    config.process.user = { uid: 1000, gid: 1000 };
  });
  const result = c.sh("cat /proc/self/environ | tr '\\0' '\\n' | sort", {
    env: { PATH: process.env["PATH"], SECRET: "host", LD_PRELOAD: "" },
  });
  const lines = result.stdout.trim().split("\n");
  for (const line of ["A=2", "EMPTY=", "SPACE=a b", "UTF8=grün", "HOME=/home/user", "PATH=/bin"])
    t.ok(lines.includes(line), line);
  t.notMatch(result.stdout, /SECRET|A=1|LD_PRELOAD|RUNT|_LIBCONTAINER/);
  t.end();
});

t.test("oom_score_adj", (t) => {
  const c = container(t, (config) => (config.process["oomScoreAdj"] = 500));
  t.equal(readFileSync(`/proc/${c.startSleeping()}/oom_score_adj`, "utf8"), "500\n");
  const d = container(t);
  t.equal(readFileSync(`/proc/${d.startSleeping()}/oom_score_adj`, "utf8"), readFileSync("/proc/self/oom_score_adj", "utf8"));
  t.end();
});

t.test("a terminal is not made unless asked for", (t) => {
  t.notOk(container(t).sh("ls -l /proc/self/fd; tty").stdout.includes("/dev/pts/"));
  t.end();
});

t.test("personality, scheduler and I/O priority", { skip: unless(isRunt, "the reference is older") }, (t) => {
  const c = container(t, (config) => {
    config.linux["personality"] = { domain: "LINUX32" };
    config.process["scheduler"] = { policy: "SCHED_BATCH", nice: 7 };
    config.process["ioPriority"] = { class: "IOPRIO_CLASS_BE", priority: 6 };
  });
  const pid = c.startSleeping();
  t.equal(readFileSync(`/proc/${pid}/personality`, "utf8"), "00000008\n");
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  t.equal(fields[16], "7", "nice");
  t.equal(fields[38], "3", "SCHED_BATCH");
  t.match(must(c.exec(["ionice", "-p", "1"])).stdout, /best-effort: prio 6/);
  t.end();
});

t.test("the process begins with no signals blocked or ignored, and no descriptor of the runtime's", (t) => {
  const c = container(t);
  const pid = c.startSleeping();
  t.equal(statusField(pid, "SigBlk"), "0000000000000000");
  const ignored = BigInt(`0x${statusField(pid, "SigIgn") ?? "f"}`);
  t.equal(ignored & 0x7fff_ffffn, 0n, "of the standard signals; a real-time one may come from the caller");
  t.equal(c.exec(["sh", "-c", "echo /proc/1/fd/*"]).stdout, "/proc/1/fd/0 /proc/1/fd/1 /proc/1/fd/2\n");
  t.end();
});
