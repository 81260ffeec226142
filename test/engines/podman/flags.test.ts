// SPDX-License-Identifier: Apache-2.0
// @lanes engines @timeout 150
/** The flags of `podman run`, and what they become in the kernel. */
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { capabilityNumbers, cgroupDirectory, limits, mountOn, namespaceOf, statusField } from "../../lib/kernel.ts";
import { compare } from "../lib/compare.ts";
import type { Case } from "../lib/compare.ts";
import { makeRootfs } from "../../lib/rootfs.ts";
import { IMAGE } from "../lib/image.ts";
import { PODMAN_NEEDS, Podman, podmanName } from "../lib/podman.ts";

const SLEEP = "exec sleep 1000";
const cgroupFile = (pid: number, controller: string, file: string): string =>
  readFileSync(join(cgroupDirectory(pid, controller) ?? "", file), "utf8").trim();

const security: Case<Podman>[] = [
  {
    name: "--cap-add, --cap-drop, --user, --group-add",
    run: (podman) => {
      const pid = podman.start("a", SLEEP, "--cap-drop", "all", "--cap-add", "SYS_PTRACE");
      assert.deepEqual(capabilityNumbers(statusField(pid, "CapEff")), [19]);
      assert.equal(
        podman.sh("id -u; id -g; id -G", "--user", "1000:1001", "--group-add", "2000").split("\n").slice(0, 2).join(),
        "1000,1001",
      );
      assert.match(podman.sh("grep Groups /proc/self/status", "--user", "1000:1001", "--group-add", "2000"), /\b2000\b/);
    },
  },
  {
    name: "--privileged",
    run: (podman) => {
      assert.equal(
        podman.sh("mount -t tmpfs none /home && echo mounted; test -c /dev/fuse && echo fuse", "--privileged"),
        "mounted\nfuse",
      );
    },
  },
  {
    name: "--security-opt: seccomp, no-new-privileges, mask, unmask, proc-opts",
    run: (podman) => {
      const modes = (pid: number): (string | undefined)[] => [statusField(pid, "Seccomp"), statusField(pid, "NoNewPrivs")];
      assert.deepEqual(modes(podman.start("a", SLEEP)), ["2", "0"]);
      const other = podman.start("b", SLEEP, "--security-opt", "seccomp=unconfined", "--security-opt", "no-new-privileges");
      assert.deepEqual(modes(other), ["0", "1"]);
      assert.equal(podman.sh("cat /proc/uptime", "--security-opt", "mask=/proc/uptime"), "");
      assert.notEqual(podman.sh("cat /proc/timer_list | head -n 1; echo", "--security-opt", "unmask=ALL"), "");
      assert.match(
        mountOn(podman.start("c", SLEEP, "--security-opt", "proc-opts=hidepid=2"), "/proc")?.superOptions.join() ?? "",
        /hidepid/,
      );
    },
  },
  {
    name: "--read-only, --tmpfs, --umask, --oom-score-adj, --ulimit",
    run: (podman) => {
      const script = "touch /x 2>&1; touch /tmp/y && echo there; umask; cat /proc/self/oom_score_adj";
      const flags = ["--read-only", "--tmpfs", "/tmp:size=1m", "--umask", "0077", "--oom-score-adj", "500"];
      assert.equal(podman.sh(script, ...flags), "touch: /x: Read-only file system\nthere\n0077\n500");
      const pid = podman.start("a", SLEEP, "--ulimit", "nofile=100:200", "--ulimit", "nproc=4096:4096");
      assert.deepEqual(limits(pid, "open files"), ["100", "200"]);
    },
  },
  {
    name: "--uidmap, --gidmap",
    run: (podman) => {
      const pid = podman.start("a", SLEEP, "--uidmap", "0:100000:5000", "--gidmap", "0:200000:5000");
      assert.equal(readFileSync(`/proc/${pid}/uid_map`, "utf8").trim().replace(/\s+/g, " "), "0 100000 5000");
      assert.equal(statusField(pid, "Gid"), "200000\t200000\t200000\t200000");
      assert.equal(podman.ok("exec", "a", "sh", "-c", "touch /tmp/x; stat -c %u /tmp/x"), "0");
    },
  },
];

const kinds: Case<Podman>[] = [
  {
    name: "--pid, --ipc, --uts, --network host; --cgroupns private",
    run: (podman) => {
      mkdirSync("/dev/mqueue", { recursive: true });
      const flags = ["--pid", "host", "--uts", "host", "--network", "host"];
      const pid = podman.start("a", SLEEP, ...flags);
      for (const kind of ["pid", "uts", "net"]) assert.equal(namespaceOf(pid, kind), namespaceOf("self", kind), kind);
      assert.notEqual(namespaceOf(podman.start("b", SLEEP, "--cgroupns", "private"), "cgroup"), namespaceOf("self", "cgroup"));
    },
  },
  {
    name: "--pid, --ipc, --network container:",
    run: (podman) => {
      const pid = podman.start("a", SLEEP, "--ipc", "shareable");
      const other = podman.start("b", SLEEP, "--pid", "container:a", "--ipc", "container:a", "--network", "container:a");
      for (const kind of ["pid", "ipc", "net"]) assert.equal(namespaceOf(other, kind), namespaceOf(pid, kind), kind);
      podman.ok("rm", "--force", "--time", "0", "b");
    },
  },
  {
    name: "--network bridge, with a published port",
    run: (podman) => {
      const script = "ip addr show eth0 | grep -c inet; ping -c 1 -W 2 10.88.0.1 | grep -c ' 0% packet loss'";
      assert.equal(podman.sh(script, "--network", "podman", "--publish", "8080:80").split("\n").at(-1), "1");
    },
  },
  {
    name: "--memory, --cpus, --cpuset-cpus, --pids-limit",
    run: (podman) => {
      const pid = podman.start("a", SLEEP, "--memory", "64m", "--cpus", "0.5", "--cpuset-cpus", "0", "--pids-limit", "50");
      assert.deepEqual(
        [
          cgroupFile(pid, "memory", "memory.limit_in_bytes"),
          cgroupFile(pid, "cpu", "cpu.cfs_quota_us"),
          cgroupFile(pid, "cpuset", "cpuset.cpus"),
          cgroupFile(pid, "pids", "pids.max"),
        ],
        ["67108864", "50000", "0", "50"],
      );
      assert.equal(podman.command(podman.run(["--memory", "20m"], "sh", "-c", "tail /dev/zero; exit $?")).code, 137);
    },
  },
  {
    name: "--cgroups disabled",
    run: (podman) => {
      podman.ok("run", "--detach", "--name", "a", "--network", "none", "--cgroups", "disabled", IMAGE, "sh", "-c", SLEEP);
      const pid = podman.pid("a");
      assert.doesNotMatch(readFileSync(`/proc/${pid}/cgroup`, "utf8"), /libpod-/);
      assert.equal(podman.ok("exec", "a", "echo", "fine"), "fine");
    },
  },
];

const files: Case<Podman>[] = [
  {
    name: "--volume: of the host, read-only, an overlay, named, with its mount options",
    run: (podman) => {
      const shared = join(podman.directory, "shared");
      mkdirSync(shared);
      writeFileSync(join(shared, "file"), "of the host\n");
      const script = "cat /mnt/file; touch /mnt/new 2>&1; ls /mnt";
      assert.equal(
        podman.sh(script, "--volume", `${shared}:/mnt:ro`),
        "of the host\ntouch: /mnt/new: Read-only file system\nfile",
      );
      assert.equal(podman.sh(script, "--volume", `${shared}:/mnt:O`), "of the host\nfile\nnew");
      assert.equal(
        podman.sh("touch /mnt/x; mount | grep ' /mnt '", "--volume", "named:/mnt:nosuid,noexec").includes("nosuid"),
        true,
      );
      assert.equal(podman.sh("ls /mnt", "--volume", "named:/mnt"), "x");
    },
  },
  {
    name: "--device, --sysctl, --hostname, --add-host, --env, --workdir",
    run: (podman) => {
      const flags = ["--device", "/dev/fuse:/dev/other", "--sysctl", "net.ipv4.ip_forward=1", "--hostname", "web"];
      const script =
        "stat -c %t:%T /dev/other; cat /proc/sys/net/ipv4/ip_forward; hostname; grep -c named /etc/hosts; echo $A; pwd";
      const more = ["--add-host", "named:1.2.3.4", "--env", "A=b", "--workdir", "/var/log"];
      assert.equal(podman.sh(script, ...flags, ...more), "a:e5\n1\nweb\n1\nb\n/var/log");
    },
  },
  {
    name: "--init, --systemd always, --rootfs",
    run: (podman) => {
      assert.match(podman.sh("cat /proc/1/comm", "--init"), /catatonit|podman-init/);
      assert.match(podman.sh("mount", "--systemd", "always"), /on \/run type tmpfs/);
      const root = join(podman.directory, "rootfs");
      mkdirSync(root);
      makeRootfs(root);
      assert.equal(podman.ok(...podman.run(["--rm", "--rootfs"], root, "echo", "fine")), "fine");
    },
  },
  {
    name: "--preserve-fds, --hooks-dir",
    run: (podman) => {
      const hooks = join(podman.directory, "hooks");
      mkdirSync(hooks);
      const hook = { path: "/bin/sh", args: ["sh", "-c", `cat > ${podman.directory}/state`] };
      writeFileSync(
        join(hooks, "a.json"),
        JSON.stringify({ version: "1.0.0", hook, when: { always: true }, stages: ["prestart"] }),
      );
      podman.ok("--hooks-dir", hooks, ...podman.run(["--rm"], "true"));
      const state: { status: string; pid: number } = JSON.parse(readFileSync(join(podman.directory, "state"), "utf8"));
      assert.match(state.status, /creat/);
      assert.ok(state.pid > 0);
    },
  },
];

await compare({
  engine: podmanName(),
  needs: PODMAN_NEEDS,
  open: (runtime) => new Podman(runtime),
  cases: [...security, ...kinds, ...files],
});
