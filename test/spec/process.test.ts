// SPDX-License-Identifier: Apache-2.0
// @lanes host vm
/** config.md, "Process": limits, capabilities, OOM score, scheduling, terminal. Read from /proc/PID. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { dirname, join } from "node:path";
import t from "tap";
import { container, must } from "../lib/container.ts";
import { capabilityNumbers, limits, statusField } from "../lib/kernel.ts";
import { agent, isRunt, mayRaiseLimits, unless } from "../lib/lane.ts";
import { Background, eventually, run } from "../lib/run.ts";

/** Each limit of getrlimit(2) with its line in /proc/PID/limits. */
const RLIMITS = [
  ["RLIMIT_AS", "address space"],
  ["RLIMIT_CORE", "core file size"],
  ["RLIMIT_CPU", "cpu time"],
  ["RLIMIT_DATA", "data size"],
  ["RLIMIT_FSIZE", "file size"],
  ["RLIMIT_LOCKS", "file locks"],
  ["RLIMIT_MEMLOCK", "locked memory"],
  ["RLIMIT_MSGQUEUE", "msgqueue size"],
  ["RLIMIT_NICE", "nice priority"],
  ["RLIMIT_NOFILE", "open files"],
  ["RLIMIT_NPROC", "processes"],
  ["RLIMIT_RSS", "resident set"],
  ["RLIMIT_RTPRIO", "realtime priority"],
  ["RLIMIT_RTTIME", "realtime timeout"],
  ["RLIMIT_SIGPENDING", "pending signals"],
  ["RLIMIT_STACK", "stack size"],
] as const;

t.test("every limit of getrlimit(2) has the soft and the hard value of the config", (t) => {
  const c = container(t);
  /** Two values below what the runtime has itself, so that no right is needed to set them. */
  const below = (name: string): [number, number] => {
    const [, hard = "unlimited"] = limits(process.pid, name) ?? [];
    const most = hard === "unlimited" ? 2 ** 31 : Number(hard);
    return [Math.floor(most / 4), Math.floor(most / 2)];
  };
  const wanted = RLIMITS.map(([type, name]) => ({ type, name, values: below(name) }));
  c.config.process.rlimits = wanted.map(({ type, values: [soft, hard] }) => ({ type, soft, hard }));
  const pid = c.startSleeping();
  for (const { type, name, values } of wanted) t.strictSame(limits(pid, name), values.map(String), type);
  t.end();
});

t.test("limits too low for the runtime's own memory hold for the program alone", (t) => {
  for (const type of ["RLIMIT_DATA", "RLIMIT_AS"]) {
    const c = container(t, (config) => (config.process.rlimits = [{ type, soft: 4_000_000, hard: 4_000_000 }]));
    const pid = c.startSleeping();
    t.strictSame(limits(pid, type === "RLIMIT_AS" ? "address space" : "data size"), ["4000000", "4000000"]);
    must(c.exec(["true"]));
  }
  t.end();
});

t.test("a limit of 2^64-1 is none", (t) => {
  const c = container(t);
  Object.assign(c.config.process, {
    rlimits: [{ type: "RLIMIT_CPU", soft: "u64:18446744073709551615", hard: "u64:18446744073709551615" }],
  });
  t.strictSame(limits(c.startSleeping(), "cpu time"), ["unlimited", "unlimited"]);
  t.end();
});

t.test(
  "a limit that the kernel does not let be set is an error",
  { skip: unless(!mayRaiseLimits, "this machine lets it") },
  (t) => {
    const raised = container(t, (config) => (config.process.rlimits = [{ type: "RLIMIT_NOFILE", soft: 10, hard: 1e9 }]));
    t.equal(raised.create().code, 1);
    t.equal(raised.status(), "none");
    t.end();
  },
);

t.test(
  "a capability that does not exist is a warning, and the others are granted",
  { skip: unless(isRunt, "wording of runt") },
  (t) => {
    const c = container(t, (config) => {
      const names = ["CAP_KILL", "CAP_NO_SUCH_THING"];
      config.process.capabilities = { bounding: names, permitted: names, effective: names, inheritable: names, ambient: names };
      config.process.user = { uid: 1000, gid: 1000 };
      config.process.args = ["sleep", "100"];
    });
    c.save();
    const log = join(c.directory, "log");
    must(c.command(["--log", log, "--log-level", "warning", "create", "--bundle", c.bundle, c.id]));
    t.match(readFileSync(log, "utf8"), /warn.*CAP_NO_SUCH_THING/);
    must(c.start());
    const { pid } = c.state();
    for (const set of ["CapBnd", "CapPrm", "CapEff", "CapInh", "CapAmb"])
      t.strictSame(capabilityNumbers(statusField(pid, set)), [5], set);
    t.end();
  },
);

t.test(
  "a capability that cannot be granted is a warning, and the others are granted",
  { skip: unless(isRunt, "wording of runt") },
  (t) => {
    const c = container(t, (config) => {
      const names = ["CAP_KILL", "CAP_SYS_TIME"];
      config.process.capabilities = { bounding: names, permitted: names, effective: names };
      config.process.args = ["sleep", "100"];
    });
    c.save();
    const log = join(c.directory, "log");
    const create = c.argv("--log", log, "--log-level", "warning", "create", "--bundle", c.bundle, c.id);
    must(run(["setpriv", "--bounding-set", "-sys_time", ...create]));
    t.match(readFileSync(log, "utf8"), /warn.*CAP_SYS_TIME/);
    must(c.start());
    const { pid } = c.state();
    for (const set of ["CapBnd", "CapPrm", "CapEff"]) t.strictSame(capabilityNumbers(statusField(pid, set)), [5], set);
    t.end();
  },
);

t.test("the first of args is looked up as execvp(3) does", (t) => {
  const c = container(t, (config) => (config.root.readonly = false));
  const program = (path: string, mode: number): void => {
    mkdirSync(dirname(join(c.rootfs, path)), { recursive: true });
    writeFileSync(join(c.rootfs, path), `#!/bin/sh\necho ${path} "$@"\n`, { mode });
  };
  program("one/program", 0o644);
  program("two/program", 0o755);
  program("three/program", 0o755);
  const cases = [
    { path: "/one:/two:/three", args: ["program", "a b"], says: "two/program a b\n" },
    { path: "/none:/three:/two", args: ["program"], says: "three/program\n" },
    { path: "/three", args: ["./program"], says: "two/program\n" },
    { path: "/three", args: ["../three/program"], says: "three/program\n" },
    { path: "/none", args: ["/three/program", "x"], says: "three/program x\n" },
  ];
  c.config.process.cwd = "/two";
  for (const { path, args, says } of cases) {
    c.config.process.env = [`PATH=${path}`];
    c.config.process.args = args;
    t.equal(must(c.run()).stdout, says, `${args.join(" ")} in ${path}`);
  }
  c.config.process.env = ["PATH=/none:/one"];
  c.config.process.args = ["program"];
  t.not(c.run().code, 0, "nowhere else");
  t.end();
});

t.test(
  "a user without ids is root, and an I/O priority without a level has the highest",
  { skip: unless(isRunt, "for runt alone") },
  (t) => {
    const c = container(t, (config) => {
      Object.assign(config.process, { user: {}, ioPriority: { class: "IOPRIO_CLASS_BE" } });
    });
    const pid = c.startSleeping();
    t.match(statusField(pid, "Uid"), /^0\s+0\s+0\s+0$/);
    t.match(statusField(pid, "Gid"), /^0\s+0\s+0\s+0$/);
    t.match(must(run(["ionice", "-p", String(pid)])).stdout, /best-effort: prio 0/);
    t.end();
  },
);

t.test("oom_score_adj is the config's, and the runtime's own where the config has none", (t) => {
  const told = container(t, (config) => (config.process["oomScoreAdj"] = 321));
  t.equal(readFileSync(`/proc/${told.startSleeping()}/oom_score_adj`, "utf8"), "321\n");
  const zero = container(t, (config) => {
    config.process["oomScoreAdj"] = 0;
    config.process.args = ["sleep", "100"];
  });
  const untold = container(t, (config) => (config.process.args = ["sleep", "100"]));
  for (const [c, expected] of [
    [zero, mayRaiseLimits ? "0\n" : undefined],
    [untold, "123\n"],
  ] as const) {
    if (expected === undefined) continue; // lowering takes CAP_SYS_RESOURCE
    c.save();
    must(
      run(["sh", "-c", 'echo 123 > /proc/self/oom_score_adj; exec "$@"', "sh", ...c.argv("create", "--bundle", c.bundle, c.id)]),
    );
    must(c.start());
    t.equal(readFileSync(`/proc/${c.state().pid}/oom_score_adj`, "utf8"), expected);
  }
  t.end();
});

t.test("consoleSize without a terminal is ignored", (t) => {
  const c = container(t, (config) => {
    config.process["consoleSize"] = { height: 10, width: 20 };
    config.process.args = ["sh", "-c", "tty; echo fine"];
  });
  for (const terminal of [undefined, false]) {
    if (terminal === undefined) delete c.config.process.terminal;
    else c.config.process.terminal = terminal;
    const result = c.run();
    t.equal(result.stdout, "not a tty\nfine\n");
    t.equal(result.stderr, "");
  }
  t.end();
});

t.test("with a terminal, /dev/console is that terminal", async (t) => {
  const c = container(t);
  c.config.process.terminal = true;
  c.config.process.args = ["sh", "-c", "stat -c '%F %t,%T' /dev/console; stat -c '%t,%T' /dev/pts/0; echo hello > /dev/console"];
  const socket = join(c.directory, "console");
  const receiver = new Background([agent, "receive-fd", socket]);
  t.teardown(() => receiver.dispose());
  await eventually(() => existsSync(socket));
  must(c.create(["--console-socket", socket]));
  must(c.start());
  const { stdout } = await receiver.end();
  t.match(stdout, /character special file 88,0\r\n88,0\r\n/, "the same device as the pseudo terminal");
  t.match(stdout, /hello\r\n/, "and what is written to it arrives");
});

t.test(
  "exec without a final affinity leaves the processors to the kernel",
  { skip: unless(isRunt && cpus().length > 1, "one CPU") },
  (t) => {
    const c = container(t);
    c.startSleeping();
    const list = (): string => must(c.exec(["grep", "Cpus_allowed:", "/proc/self/status"])).stdout;
    const usual = list();
    const other = container(t, (config) => (config.process["execCPUAffinity"] = { initial: "0" }));
    other.startSleeping();
    const changed = must(other.exec(["grep", "Cpus_allowed_list", "/proc/self/status"])).stdout;
    t.match(changed, /:\s0\n/, "what was set at first stays, when the cgroup does not say otherwise");
    t.match(usual, statusField("self", "Cpus_allowed") ?? "none");
    t.equal(
      statusField(other.state().pid, "Cpus_allowed"),
      statusField("self", "Cpus_allowed"),
      "the container's own process is not affected",
    );
    t.end();
  },
);
