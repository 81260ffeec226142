// SPDX-License-Identifier: Apache-2.0
// @lanes host v2
/** `exec`: a second process in a running container. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { mapUsers } from "../lib/config.ts";
import { container, must } from "../lib/container.ts";
import { capabilityNumbers, cgroupDirectory, namespaceOf, statusField } from "../lib/kernel.ts";
import { cgroupV2, isRunt, unless } from "../lib/lane.ts";
import { run, waitUntil } from "../lib/run.ts";

t.test("output, input and exit codes pass through", (t) => {
  const c = container(t);
  c.startSleeping();
  const both = c.exec(["sh", "-c", "echo out; echo err >&2; exit 3"]);
  t.strictSame([both.code, both.stdout, both.stderr], [3, "out\n", "err\n"]);
  t.equal(c.exec(["cat"], [], { input: "through" }).stdout, "through");
  t.equal(c.exec(["sh", "-c", "kill -9 $$"]).code, 137, "128 + signal");
  t.equal(c.exec(["ls", "-l", "/etc/passwd"]).code, 0, "flags after the command are the command's");
  t.end();
});

t.test("exec joins every namespace and the cgroup of the container", (t) => {
  const c = container(t);
  const pid = c.startSleeping();
  must(c.exec(["sleep", "88"], ["--detach", "--pid-file", join(c.directory, "exec-pid")]));
  const other = Number(readFileSync(join(c.directory, "exec-pid"), "utf8"));
  for (const kind of ["mnt", "pid", "net", "ipc", "uts", "cgroup", "user"])
    t.equal(namespaceOf(other, kind), namespaceOf(pid, kind), kind);
  const controller = cgroupV2 ? "" : "devices";
  t.equal(cgroupDirectory(other, controller), cgroupDirectory(pid, controller));
  t.match(must(c.exec(["ps"])).stdout, /sleep 88/);
  t.match(must(c.command(["ps", "--format", "json", c.id])).stdout, new RegExp(`\\b${other}\\b`));
  t.end();
});

t.test("the flags of exec", (t) => {
  const c = container(t);
  c.startSleeping();
  t.equal(must(c.exec(["pwd"], ["--cwd", "/tmp"])).stdout, "/tmp\n");
  t.match(must(c.exec(["env"], ["--env", "NEW=1", "-e", "TERM=dumb"])).stdout, /TERM=dumb[^]*NEW=1|NEW=1[^]*TERM=dumb/);
  t.equal(must(c.exec(["sh", "-c", "id -u; id -g"], ["--user", "1000:1001"])).stdout, "1000\n1001\n");
  t.match(
    must(c.exec(["id", "-G"], ["--user", "1000:1000", "--additional-gids", "5", "--additional-gids", "2000"])).stdout,
    /5 2000/,
  );
  t.match(must(c.exec(["grep", "NoNewPrivs", "/proc/self/status"], ["--no-new-privs"])).stdout, /1/);
  t.end();
});

t.test("CVE-2026-30892: exec -u takes numbers, and nothing else is taken for root", (t) => {
  const c = container(t);
  c.startSleeping();
  for (const [user, ids] of [
    ["1", "1 0"],
    ["0", "0 0"],
    ["65534:65534", "65534 65534"],
    ["2147483647", "2147483647 0"],
  ] as const) {
    t.equal(c.exec(["sh", "-c", "echo $(id -u) $(id -g)"], ["-u", user]).stdout, `${ids}\n`, user);
  }
  for (const user of [
    "root",
    "user",
    "1x",
    "x1",
    "-1",
    "1:",
    ":1",
    "1:x",
    "4294967295",
    "4294967296",
    "99999999999999999999",
    "0x1",
    " 1",
    "1.5",
    "1e2",
  ]) {
    const result = c.exec(["id", "-u"], [`--user=${user}`]);
    t.not(result.code, 0, `"${user}" is refused`);
    t.equal(result.stdout, "", `"${user}" runs nothing`);
  }
  t.end();
});

t.test("exec --process takes everything from a file", (t) => {
  const c = container(t);
  c.startSleeping();
  const file = join(c.directory, "process.json");
  writeFileSync(
    file,
    JSON.stringify({
      args: ["sh", "-c", "echo $GREETING; pwd; id -u; umask"],
      env: ["GREETING=hi", "PATH=/bin"],
      cwd: "/tmp",
      user: { uid: 7, gid: 7, umask: 63 },
    }),
  );
  t.equal(must(c.command(["exec", "--process", file, c.id])).stdout, "hi\n/tmp\n7\n0077\n");
  t.end();
});

t.test("exec --detach returns at once, with the pid in the file", (t) => {
  const c = container(t);
  c.startSleeping();
  const file = join(c.directory, "p");
  t.equal(c.exec(["sh", "-c", "echo > /done; sleep 50"], ["--detach", "--pid-file", file]).code, 0);
  t.match(readFileSync(file, "utf8"), /^\d+$/);
  t.ok(waitUntil(() => existsSync(join(c.rootfs, "done"))));
  t.end();
});

t.test("an exec that fails has code 255, says why, and leaves no pid file", (t) => {
  const c = container(t);
  c.startSleeping();
  const file = join(c.directory, "p");
  const missing = c.exec(["/no/such"], ["--detach", "--pid-file", file]);
  t.equal(missing.code, 255);
  t.match(missing.stderr, /no such file or directory/i);
  t.notOk(existsSync(file));
  t.match(c.exec(["nosuch"]).stderr, /executable file not found in \$PATH/);
  const denied = c.exec(["/etc/passwd"]);
  t.equal(denied.code, 255);
  t.match(denied.stderr, /permission denied/i);
  t.equal(c.status(), "running", "the container goes on");
  t.end();
});

t.test("exec needs a running container", (t) => {
  const c = container(t, (config) => (config.process.args = ["true"]));
  must(c.create());
  must(c.start());
  t.ok(waitUntil(() => c.status() === "stopped"));
  const result = c.exec(["true"]);
  t.equal(result.code, 255);
  t.match(result.stderr, /cannot exec in a stopped container/);
  t.end();
});

t.test("exec works in a created container", (t) => {
  const c = container(t);
  must(c.create());
  t.equal(c.exec(["echo", "early"]).stdout, "early\n");
  t.equal(c.status(), "created");
  t.end();
});

t.test("exec has the container's capabilities; --cap adds to what it may use, and nothing to be inherited", (t) => {
  const c = container(t, (config) => {
    const names = ["CAP_KILL"];
    config.process.capabilities = { bounding: ["CAP_KILL", "CAP_CHOWN"], permitted: names, effective: names };
  });
  c.startSleeping();
  const file = join(c.directory, "p");
  const sets = (flags: string[]): Record<string, number[]> => {
    must(c.exec(["sleep", "50"], ["--detach", "--pid-file", file, ...flags]));
    const pid = Number(readFileSync(file, "utf8"));
    waitUntil(() => readFileSync(`/proc/${pid}/cmdline`, "utf8").startsWith("sleep"));
    const names = ["CapInh", "CapAmb", "CapBnd"];
    return Object.fromEntries(names.map((name) => [name, capabilityNumbers(statusField(pid, name))]));
  };
  t.strictSame(sets([]), { CapInh: [], CapAmb: [], CapBnd: [0, 5] });
  const more = sets(["--cap", "CAP_SYS_CHROOT"]);
  t.strictSame(more["CapInh"], []);
  t.strictSame(more["CapAmb"], []);
  t.ok(more["CapBnd"]?.includes(18));
  t.end();
});

t.test("exec in a user namespace is the container's root, not the host's", (t) => {
  const c = container(t, (config) => mapUsers(config, 200000));
  must(run(["chown", "-Rh", "200000:200000", c.bundle]));
  c.startSleeping();
  const file = join(c.directory, "p");
  must(c.exec(["sleep", "50"], ["--detach", "--pid-file", file]));
  t.equal(statusField(Number(readFileSync(file, "utf8")), "Uid"), "200000\t200000\t200000\t200000");
  t.end();
});

t.test("exec --preserve-fds passes descriptors and no others", (t) => {
  const c = container(t);
  c.startSleeping();
  const list = "for i in 3 4 5 6 7 8 9; do [ -e /proc/self/fd/$i ] && printf $i; done; true";
  const pass = (...flags: string[]): string =>
    must(run(["sh", "-c", 'exec 3<&0 4<&0 5<&0; exec "$@"', "sh", ...c.argv("exec", ...flags, c.id, "sh", "-c", list)])).stdout;
  t.equal(pass(), "");
  t.equal(pass("--preserve-fds", "2"), "34");
  t.end();
});

t.test("exec honours execCPUAffinity", { skip: unless(isRunt, "the reference is older") }, (t) => {
  const c = container(t, (config) => (config.process["execCPUAffinity"] = { initial: "0", final: "0" }));
  c.startSleeping();
  t.match(must(c.exec(["grep", "Cpus_allowed_list", "/proc/self/status"])).stdout, /:\s0\n/);
  t.end();
});
