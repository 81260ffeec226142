// SPDX-License-Identifier: Apache-2.0
// @lanes engines @timeout 120
/** containerd by `ctr run`: streams, ends, and what its flags become in the kernel. */
import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cgroupDirectory, isAlive, namespaceOf, statusField } from "../../lib/kernel.ts";
import { waitUntil } from "../../lib/run.ts";
import { RESIZING, TELLS_SIZE } from "../../lib/terminal.ts";
import { compare } from "../lib/compare.ts";
import type { Case } from "../lib/compare.ts";
import { CONTAINERD_NEEDS, Containerd, containerdName } from "../lib/containerd.ts";

const SLEEP = "exec sleep 1000";

/** A number in the file of the memory controller, or of another, of `pid`. */
function cgroupNumber(pid: number, controller: string, file: string): number {
  return Number(readFileSync(join(cgroupDirectory(pid, controller) ?? "", file), "utf8"));
}

const running: Case<Containerd>[] = [
  {
    name: "run: streams and the exit code",
    run: (engine) => {
      const argv = engine.run("a", ["--rm"], "sh", "-c", "echo out; echo err >&2; exit 7");
      const { code, stdout, stderr } = engine.ctr(argv);
      assert.deepEqual({ code, stdout, stderr }, { code: 7, stdout: "out\n", stderr: "err\n" });
    },
  },
  {
    name: "run: standard input", // its end is told to no program by this ctr
    run: (engine) => {
      const { stdout } = engine.ctr(engine.run("a", ["--rm"], "head", "-n", "1"), { input: "typed\n" });
      assert.equal(stdout, "typed\n");
    },
  },
  {
    name: "run --tty: a terminal and what is typed",
    run: async (engine) => {
      const typing = [{ after: "# ", type: "tty; exit 5\n" }];
      const { code, output } = await engine.onTerminal(engine.run("a", ["--rm", "--tty"], "sh"), typing);
      assert.match(output, /\/dev\/(pts\/0|console)\r/);
      assert.equal(code, 5);
    },
  },
  {
    name: "run --tty: the size of the terminal, and its changes",
    run: async (engine) => {
      const { code } = await engine.onTerminal(engine.run("a", ["--rm", "--tty"], "sh", "-c", TELLS_SIZE), RESIZING);
      assert.equal(code, 4, "all was told");
    },
  },
  {
    name: "run: a program that is missing is told, and nothing is left",
    run: (engine) => {
      for (const [program, message] of [
        ["no-such-program", /"no-such-program": executable file not found in \$PATH/],
        ["/no/such/program", /no such file or directory/],
        ["/etc/passwd", /"\/etc\/passwd": permission denied/],
      ] as const) {
        const { code, stderr } = engine.ctr(engine.run("a", ["--rm"], program));
        assert.equal(code, 1);
        assert.match(stderr, message);
      }
      engine.reset();
      assert.deepEqual(engine.leftovers(), []);
    },
  },
  {
    name: "run --detach: list, kill with a signal, rm",
    run: (engine) => {
      const pid = engine.start("a", "trap 'echo term > /tmp/caught; exit 3' TERM; touch /tmp/up; while :; do sleep 0.02; done");
      assert.equal(engine.task("a")?.status, "RUNNING");
      assert.ok(waitUntil(() => existsSync(`/proc/${pid}/root/tmp/up`)));
      assert.match(engine.ctr(["tasks", "rm", "a"]).stderr, /must be stopped before deletion/);
      engine.ok("tasks", "kill", "--signal", "TERM", "a");
      assert.ok(engine.ended("a"));
      assert.match(engine.ctr(["tasks", "kill", "a"]).stderr, /not found/);
      assert.match(engine.ctr(["tasks", "rm", "a"]).stderr, /exit code 3/);
      engine.ok("containers", "rm", "a");
      assert.ok(!isAlive(pid));
      assert.deepEqual(engine.leftovers(), []);
    },
  },
  {
    name: "a task that ends by itself is seen to end",
    run: (engine) => {
      engine.start("a", "sleep 0.2; exit 9");
      assert.ok(engine.ended("a"));
      assert.match(engine.ctr(["tasks", "rm", "a"]).stderr, /exit code 9/);
    },
  },
  {
    name: "log file, pid file",
    run: (engine) => {
      const file = (name: string): string => join(engine.directory, name);
      const flags = ["--detach", "--log-uri", `file://${file("log")}`, "--pid-file", file("pid")];
      engine.ok(...engine.run("a", flags, "sh", "-c", `echo logged; ${SLEEP}`));
      assert.equal(readFileSync(file("pid"), "utf8"), String(engine.pid("a")));
      assert.ok(waitUntil(() => readFileSync(file("log"), "utf8").includes("logged")));
    },
  },
];

const settings: Case<Containerd>[] = [
  {
    name: "--env, --cwd, --read-only",
    run: (engine) => {
      const script = 'echo "$A|$PWD"; touch /x 2>&1';
      const { stdout } = engine.ctr(
        engine.run("a", ["--rm", "--env", "A=b c", "--cwd", "/tmp", "--read-only"], "sh", "-c", script),
      );
      assert.match(stdout, /^b c\|\/tmp\ntouch: \/x: Read-only file system/);
    },
  },
  {
    name: "--net-host, --with-ns",
    run: (engine) => {
      const own = namespaceOf("self", "net");
      assert.equal(engine.sh("readlink /proc/self/ns/net", "--net-host"), own);
      assert.equal(engine.sh("readlink /proc/self/ns/net", "--with-ns", "network:/proc/1/ns/net"), own);
      assert.notEqual(engine.sh("readlink /proc/self/ns/net"), own);
    },
  },
  {
    name: "--with-ns pid: of another container",
    run: (engine) => {
      const pid = engine.start("a", SLEEP);
      const processes = engine.sh("ps", "--with-ns", `pid:/proc/${pid}/ns/pid`);
      assert.match(processes, /1 root\s.*sleep 1000/);
    },
  },
  {
    name: "--memory-limit, --cpus, --cpu-shares, --cgroup",
    run: (engine) => {
      const cgroup = `/${engine.namespace}/custom`;
      const flags = ["--memory-limit", "33554432", "--cpus", "0.5", "--cpu-shares", "512", "--cgroup", cgroup];
      const pid = engine.start("a", SLEEP, ...flags);
      assert.match(cgroupDirectory(pid, "memory") ?? "", new RegExp(`${cgroup}$`));
      assert.equal(cgroupNumber(pid, "memory", "memory.limit_in_bytes"), 33_554_432);
      assert.equal(cgroupNumber(pid, "cpu", "cpu.cfs_quota_us"), 50_000);
      assert.equal(cgroupNumber(pid, "cpu", "cpu.shares"), 512);
    },
  },
  {
    name: "--cap-add, --cap-drop, --allow-new-privs, --seccomp",
    run: (engine) => {
      const pid = engine.start("a", SLEEP);
      const other = engine.start(
        "b",
        SLEEP,
        ...["--cap-add", "CAP_SYS_PTRACE", "--cap-drop", "CAP_CHOWN", "--allow-new-privs", "--seccomp"],
      );
      const bits = (task: number): bigint => BigInt(`0x${statusField(task, "CapEff") ?? ""}`);
      assert.equal(bits(other), (bits(pid) | (1n << 19n)) & ~1n);
      assert.deepEqual([statusField(pid, "NoNewPrivs"), statusField(other, "NoNewPrivs")], ["1", "0"]);
      assert.deepEqual([statusField(pid, "Seccomp"), statusField(other, "Seccomp")], ["0", "2"]);
    },
  },
  {
    name: "--privileged, --device",
    run: (engine) => {
      assert.equal(engine.sh("test -c /dev/fuse && mount -t tmpfs none /home && echo mounted", "--privileged"), "mounted");
      assert.equal(engine.sh("stat -c %t:%T /dev/fuse", "--device", "/dev/fuse"), "a:e5");
    },
  },
  {
    name: "--mount, --rootfs-propagation, --no-pivot",
    run: (engine) => {
      writeFileSync(join(engine.directory, "file"), "of the host\n");
      const mount = ["--mount", `type=bind,src=${engine.directory},dst=/mnt,options=rbind:ro`];
      const script = "cat /mnt/file; touch /mnt/x 2>&1";
      const { stdout } = engine.ctr(engine.run("a", ["--rm", ...mount, "--rootfs-propagation", "shared"], "sh", "-c", script));
      assert.match(stdout, /^of the host\ntouch: \/mnt\/x: Read-only file system/);
      assert.equal(engine.sh("ls -d /bin/busybox", "--no-pivot"), "/bin/busybox");
    },
  },
  {
    name: "--uidmap, --gidmap",
    run: (engine) => {
      const flags = ["--uidmap", "0:100000:65536", "--gidmap", "0:100000:65536"];
      const pid = engine.start("a", SLEEP, ...flags);
      assert.equal(readFileSync(`/proc/${pid}/uid_map`, "utf8").trim().replace(/\s+/g, " "), "0 100000 65536");
      assert.equal(engine.exec("a", ["sh", "-c", "id -u; touch /tmp/mine"]).stdout, "0\n");
    },
  },
];

await compare({
  engine: containerdName(),
  needs: [...CONTAINERD_NEEDS, "script"],
  open: (runtime) => Containerd.withImage(runtime),
  cases: [...running, ...settings],
});
