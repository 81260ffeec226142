// SPDX-License-Identifier: Apache-2.0
// @lanes host v2
/** Each flag of `exec`, by the kernel's view of the process; and what each says of a value that cannot be. */
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import type { Test } from "tap";
import { container, must } from "../lib/container.ts";
import type { Container } from "../lib/container.ts";
import { capabilityNumbers, cgroupDirectory, statusField } from "../lib/kernel.ts";
import { cgroupV2, isRunt, unless } from "../lib/lane.ts";
import { pause, run, waitUntil } from "../lib/run.ts";

const ours = { skip: unless(isRunt, "of runt") };

function sleeping(t: Test, change?: Parameters<typeof container>[1]): Container {
  const c = container(t, change);
  c.startSleeping();
  return c;
}

/** The pid of a process of the container that sleeps, started with `flags`. */
function detached(c: Container, ...flags: string[]): number {
  const file = join(c.directory, "p");
  must(c.exec(["sleep", "50"], ["--detach", "--pid-file", file, ...flags]));
  const pid = Number(readFileSync(file, "utf8"));
  waitUntil(() => readFileSync(`/proc/${pid}/cmdline`, "utf8").startsWith("sleep"));
  return pid;
}

t.test("--user: the ids of the process, and what HOME becomes", (t) => {
  const c = sleeping(t, (config) => (config.process.user = { uid: 3, gid: 4, additionalGids: [9] }));
  writeFileSync(join(c.rootfs, "etc/passwd"), "root:x:0:0::/root:/bin/sh\nfive:x:5:50::/home/five:/bin/sh\n");
  for (const [flags, uid, gid, home] of [
    [[], 3, 4, "/"],
    [["--user", "5"], 5, 4, "/home/five"],
    [["--user=5:6"], 5, 6, "/home/five"],
    [["-u", "0:0"], 0, 0, "/root"],
    [["-u", "77:88"], 77, 88, "/"],
  ] as const) {
    const pid = detached(c, ...flags);
    const four = (id: number): string => [id, id, id, id].join("\t");
    t.equal(statusField(pid, "Uid"), four(uid), flags.join(" "));
    t.equal(statusField(pid, "Gid"), four(gid));
    t.equal(statusField(pid, "Groups"), "9", "the further groups stay");
    t.match(readFileSync(`/proc/${pid}/environ`, "utf8"), new RegExp(`(^|\\0)HOME=${home}\\0`));
  }
  t.end();
});

t.test("--additional-gids are added, one a flag; anything else than a number is refused", (t) => {
  const c = sleeping(t, (config) => (config.process.user = { uid: 3, gid: 4, additionalGids: [9] }));
  t.equal(statusField(detached(c, "-g", "20", "-g=30"), "Groups"), "9 20 30");
  for (const gid of isRunt ? ["x", "-1", "20,30", "", "4294967296"] : ["x"])
    t.match(c.exec(["true"], [`--additional-gids=${gid}`]), { code: 255, stdout: "" }, `"${gid}"`);
  t.end();
});

t.test("--env: the last of a name wins, values may have commas and be empty, names may not", (t) => {
  const c = sleeping(t, (config) => config.process.env.push("KEPT=1", "LIST=a"));
  const { stdout } = must(c.exec(["env"], ["-e", "LIST=b,c=d", "-e", "EMPTY=", "-e", "TWICE=1", "-e=TWICE=2"]));
  const lines = stdout.trim().split("\n");
  for (const line of ["KEPT=1", "LIST=b,c=d", "EMPTY=", "TWICE=2"]) t.ok(lines.includes(line), line);
  t.equal(lines.filter((line) => line.startsWith("TWICE")).length, 1);
  if (isRunt)
    for (const bad of ["NOVALUE", "=x", ""]) t.match(c.exec(["env"], [`--env=${bad}`]), { code: 255, stderr: /NAME=VALUE/ }, bad);
  t.end();
});

t.test("--cwd: in the container, absolute, and there", (t) => {
  const c = sleeping(t);
  t.equal(must(c.exec(["pwd"], ["--cwd=/tmp"])).stdout, "/tmp\n");
  for (const [cwd, says] of [
    ["/nosuch", /no such file or directory/],
    ["/etc/passwd", /not a directory/],
    ["relative", /absolute path/],
  ] as const) {
    const result = c.exec(["pwd"], ["--cwd", cwd]);
    t.equal(result.stdout, "", cwd);
    if (isRunt) t.match(result, { code: 255, stderr: says }, cwd);
  }
  t.end();
});

t.test("--no-new-privs is on, off, or as the config has it", (t) => {
  for (const own of [true, false]) {
    const c = sleeping(t, (config) => (config.process.noNewPrivileges = own));
    t.equal(statusField(detached(c), "NoNewPrivs"), own ? "1" : "0", "as the container's");
    t.equal(statusField(detached(c, "--no-new-privs"), "NoNewPrivs"), "1");
    if (isRunt) t.equal(statusField(detached(c, "--no-new-privs=false"), "NoNewPrivs"), "0");
  }
  t.end();
});

t.test("--cap: by any spelling; inherited by nobody, and ambient only where the config inherits it", ours, (t) => {
  const capabilities = { bounding: ["CAP_CHOWN"], permitted: ["CAP_CHOWN"], effective: ["CAP_CHOWN"] };
  const c = sleeping(t, (config) => (config.process.capabilities = capabilities));
  const sets = (...flags: string[]): number[][] =>
    ["CapPrm", "CapEff", "CapBnd", "CapInh", "CapAmb"].map((name) => capabilityNumbers(statusField(detached(c, ...flags), name)));
  t.strictSame(sets(), [[0], [0], [0], [], []]);
  for (const name of ["CAP_KILL", "kill", "cap_kill", "Kill"])
    t.strictSame(sets("--cap", name), [[0, 5], [0, 5], [0, 5], [], []]);
  t.strictSame(sets("-c", "CAP_KILL", "--cap=CAP_MKNOD")[1], [0, 5, 27], "one a flag");
  t.strictSame(sets("-c", "CAP_KILL", "-u", "7").slice(0, 2), [[], []], "an ordinary user has none of them");
  for (const name of ["CAP_NOSUCH", "nosuch", "KILL,MKNOD", ""])
    t.match(c.exec(["true"], [`--cap=${name}`]), { code: 255, stderr: /--cap is ".*", and must name a capability/ }, name);
  t.end();
});

t.test("--preserve-fds: those that are open, with what is behind them; one that is not is an error", (t) => {
  const c = sleeping(t);
  writeFileSync(join(c.directory, "data"), "from outside\n");
  const fd = openSync(join(c.directory, "data"), "r");
  t.teardown(() => closeSync(fd));
  const exec = (count: string, script: string): ReturnType<typeof run> =>
    run(c.argv("exec", "--preserve-fds", count, c.id, "sh", "-c", script), { extraFds: [fd] });
  t.equal(must(exec("1", "cat <&3")).stdout, "from outside\n");
  t.equal(must(exec("0", "[ -e /proc/self/fd/3 ] || echo closed")).stdout, "closed\n");
  if (isRunt) t.match(exec("2", "true"), { code: 255, stderr: /descriptor 4 is not open/ });
  t.end();
});

t.test("--process: nothing but the file counts, and no command is needed", (t) => {
  const c = sleeping(t);
  const file = join(c.directory, "process.json");
  const args = ["sh", "-c", "id -u; pwd; env"];
  writeFileSync(
    file,
    JSON.stringify({ args, cwd: "/tmp", env: ["PATH=/bin", "ONLY=this"], user: { uid: 8, gid: 8 }, unknown: 1 }),
  );
  const expected = must(c.command(["exec", "--process", file, c.id])).stdout;
  t.match(expected, /^8\n\/tmp\n/);
  t.match(expected, /^ONLY=this$/m);
  t.notMatch(expected, /TERM=/);
  if (isRunt) {
    const more = ["-u", "9", "--cwd", "/", "-e", "MORE=1", "-c", "nosuch"];
    t.equal(must(c.command(["exec", "-p", file, ...more, c.id, "echo", "ignored"])).stdout, expected);
  }
  t.end();
});

t.test("a process of --process has the capabilities of the file alone", (t) => {
  const c = sleeping(t);
  const file = join(c.directory, "process.json");
  const pidFile = join(c.directory, "pid");
  const of = (process: object): number[] => {
    writeFileSync(file, JSON.stringify({ args: ["/bin/sleep", "50"], cwd: "/", user: { uid: 0, gid: 0 }, ...process }));
    must(c.command(["exec", "-d", "--pid-file", pidFile, "-p", file, c.id]));
    return capabilityNumbers(statusField(Number(readFileSync(pidFile, "utf8")), "CapEff"));
  };
  const names = ["CAP_KILL"];
  t.strictSame(of({ capabilities: { bounding: names, permitted: names, effective: names } }), [5]);
  t.strictSame(of({ capabilities: {} }), []);
  t.end();
});

t.test("--ignore-paused: the process is there, and runs when the container goes on", ours, async (t) => {
  const c = sleeping(t);
  must(c.command(["pause", c.id]));
  t.match(c.exec(["true"]), { code: 255, stderr: /cannot exec in a paused container/ });
  const exec = c.background(["exec", "--ignore-paused", c.id, "sh", "-c", "echo ran; exit 9"]);
  t.teardown(() => exec.dispose());
  pause(300);
  t.equal(exec.stdout, "");
  t.equal(exec.child.exitCode, null);
  t.equal(c.status(), "paused");
  must(c.command(["resume", c.id]));
  t.match(await exec.end(), { code: 9, stdout: "ran\n", timedOut: false });
});

/** Makes cgroups below the container's, in these hierarchies. */
function makeBelow(pid: number, controllers: readonly string[], name: string): void {
  for (const controller of controllers)
    mkdirSync(join(cgroupDirectory(pid, controller) ?? "/nowhere", name), { recursive: true });
}

t.test(
  "--cgroup on v1: of the controllers that are named, several in a flag, several flags",
  { skip: unless(!cgroupV2, "cgroup v2") },
  (t) => {
    const c = container(t);
    const pid = c.startSleeping();
    makeBelow(pid, ["cpu", "cpuacct", "pids", "memory", "devices"], "sub/deep");
    const places = (...flags: string[]): string[] => {
      const other = detached(c, ...flags);
      return ["cpu", "cpuacct", "pids", "memory", "devices"].map((controller) =>
        (cgroupDirectory(other, controller) ?? "").slice((cgroupDirectory(pid, controller) ?? "").length),
      );
    };
    t.strictSame(places("--cgroup", "cpu,cpuacct:sub"), ["/sub", "/sub", "", "", ""]);
    t.strictSame(places("--cgroup", "pids:/sub/deep", "--cgroup=memory:sub/"), ["", "", "/sub/deep", "/sub", ""]);
    t.strictSame(places("--cgroup", "pids:/"), ["", "", "", "", ""]);
    t.end();
  },
);

t.test("--cgroup on v2: one path", { skip: unless(cgroupV2, "cgroup v1") }, (t) => {
  const c = container(t);
  const pid = c.startSleeping();
  makeBelow(pid, [""], "sub/deep");
  for (const [path, place] of [
    ["sub", "/sub"],
    ["/sub/deep", "/sub/deep"],
    ["/", ""],
  ] as const) {
    const directory = cgroupDirectory(detached(c, "--cgroup", path), "");
    t.equal(directory, `${cgroupDirectory(pid, "")}${place}`, path);
  }
  t.end();
});

t.test("--cgroup: none above the container's, none that is not there, and no process is left", ours, (t) => {
  const c = container(t);
  const pid = c.startSleeping();
  const paths = ["..", "/..", "a/../..", "/nosuch"];
  const places = cgroupV2 ? paths : [...paths, ...paths.map((path) => `pids:${path}`), "nosuch:/", "pids,nosuch:/"];
  for (const place of places) {
    const result = c.exec(["sleep", "50"], ["--detach", "--cgroup", place]);
    t.equal(result.code, 255, place);
    t.match(result.stderr, place.includes("..") ? /leads out of the container's cgroup/ : /no cgroup.*nosuch/, place);
    t.notMatch(result.stderr, /no such file/, "which is what engines know a missing program by");
  }
  t.strictSame(JSON.parse(must(c.command(["ps", "--format", "json", c.id])).stdout), [pid]);
  t.end();
});

t.test("the exit code is the command's, 128 + its signal, or 255 for what exec itself fails of", (t) => {
  const c = sleeping(t);
  for (const code of [0, 1, 2, 127, 255]) t.equal(c.exec(["sh", "-c", `exit ${code}`]).code, code);
  for (const signal of [1, 9, 15]) t.equal(c.exec(["sh", "-c", `kill -${signal} $$`]).code, 128 + signal);
  if (isRunt) {
    const failing = [
      ["--user", "x"],
      ["--process", "/nosuch"],
      ["--detach", "--tty"],
      ["--console-socket", "/nosuch"],
    ];
    for (const flags of failing) t.equal(c.exec(["true"], flags).code, 255, flags.join(" "));
  }
  t.end();
});
