// SPDX-License-Identifier: Apache-2.0
// @lanes engines @timeout 300
/** What Docker's flags make of a process: limits, users, capabilities, filters, namespaces. */
import assert from "node:assert/strict";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { capabilityNumbers, cgroupDirectory, mountOn, namespaceOf, statusField } from "../../lib/kernel.ts";
import { boundingSet, cgroupV2, runName } from "../../lib/lane.ts";
import { waitUntil } from "../../lib/run.ts";
import { compare } from "../lib/compare.ts";
import type { Case } from "../lib/compare.ts";
import { DOCKER_NEEDS, Docker, dockerName } from "../lib/docker.ts";
import { IMAGE } from "../lib/image.ts";

/** What a file of the container's own cgroup says to the container. */
function limit(docker: Docker, controller: string, file: string, ...flags: string[]): string {
  return docker.sh(`cat /sys/fs/cgroup/${cgroupV2 ? "" : `${controller}/`}${file}`, ...flags);
}

/** A field of the status of a process that is started with these flags. */
function status(docker: Docker, field: string, ...flags: string[]): string {
  return docker.sh(`sed -n 's/^${field}:\\s*//p' /proc/self/status`, ...flags);
}

const limitCases: Case<Docker>[] = [
  {
    name: "--memory, --memory-swap, --memory-reservation",
    run: (docker) => {
      const flags = ["--memory", "32m", "--memory-swap", "48m", "--memory-reservation", "16m"];
      assert.equal(limit(docker, "memory", cgroupV2 ? "memory.max" : "memory.limit_in_bytes", ...flags), String(32 << 20));
      assert.equal(limit(docker, "memory", cgroupV2 ? "memory.low" : "memory.soft_limit_in_bytes", ...flags), String(16 << 20));
    },
  },
  {
    name: "a container that needs more memory than it may have is killed, and Docker knows why",
    run: (docker) => {
      const id = docker.start("head -c 100m /dev/zero | tail", "--memory", "16m", "--memory-swap", "16m", "--name", "oom");
      assert.equal(docker.ok("wait", id), "137");
      assert.equal(docker.inspect(id, "{{.State.OOMKilled}}"), "true");
    },
  },
  {
    name: "--pids-limit",
    run: (docker) => {
      assert.equal(limit(docker, "pids", "pids.max", "--pids-limit", "33"), "33");
      const { stderr } = docker.command([
        "run",
        "--rm",
        "--pids-limit",
        "3",
        IMAGE,
        "sh",
        "-c",
        "for i in 1 2 3 4; do sleep 1 & done",
      ]);
      assert.match(stderr, /can't fork/);
    },
  },
  {
    name: "--cpus, --cpu-shares, --cpuset-cpus",
    run: (docker) => {
      const [file, half] = cgroupV2 ? ["cpu.max", "50000 100000"] : ["cpu.cfs_quota_us", "50000"];
      assert.equal(limit(docker, "cpu", file, "--cpus", "0.5"), half);
      if (!cgroupV2) assert.equal(limit(docker, "cpu", "cpu.shares", "--cpu-shares", "300"), "300");
      assert.equal(docker.sh("sed -n 's/^Cpus_allowed_list:\\s*//p' /proc/self/status", "--cpuset-cpus", "0"), "0");
    },
  },
  {
    name: "--ulimit",
    run: (docker) => {
      assert.equal(
        docker.sh("ulimit -Sn; ulimit -Hn; ulimit -Hc", "--ulimit", "nofile=100:200", "--ulimit", "core=0"),
        "100\n200\n0",
      );
    },
  },
  {
    name: "--device-read-bps",
    run: (docker) => {
      assert.equal(docker.sh("echo ok", "--device-read-bps", "/dev/loop0:1mb", "--device-write-iops", "/dev/loop0:10"), "ok");
    },
  },
  {
    name: "--oom-score-adj, --shm-size, --sysctl",
    run: (docker) => {
      const flags = [
        "--oom-score-adj",
        "500",
        "--shm-size",
        "1m",
        "--sysctl",
        "net.core.somaxconn=77",
        "--sysctl",
        "kernel.msgmax=4096",
      ];
      const script =
        "cat /proc/self/oom_score_adj; df -k /dev/shm | awk 'END{print $2}'; sysctl -n net.core.somaxconn kernel.msgmax";
      assert.equal(docker.sh(script, ...flags), "500\n1024\n77\n4096");
    },
  },
  {
    name: "--cgroup-parent",
    run: (docker) => {
      const id = docker.start("sleep 100", "--cgroup-parent", `/${runName}.parent`);
      assert.match(cgroupDirectory(docker.pid(id), "pids") ?? "", new RegExp(`/${runName}\\.parent/${id}$`));
    },
  },
];

const userCases: Case<Docker>[] = [
  {
    name: "--user: by number, by name, with groups",
    run: (docker) => {
      assert.equal(docker.sh("id -u; id -g; id -G", "--user", "1234:2345"), "1234\n2345\n2345");
      assert.equal(docker.sh("id -un; id -gn; id -G; echo $HOME", "--user", "user"), "user\nuser\n1000 2000\n/home/user");
      assert.equal(docker.sh("id -G", "--user", "1000", "--group-add", "77"), "1000 77 2000");
    },
  },
  {
    name: "standard streams belong to the user",
    run: (docker) => {
      assert.equal(docker.sh("echo a >/dev/stdout; echo b >/proc/self/fd/1", "--user", "1000"), "a\nb");
      assert.equal(docker.sh("echo a >/dev/stdout", "--user", "1000", "--tty"), "a");
    },
  },
  {
    name: "capabilities: Docker's own, more, fewer, none, of a user",
    run: (docker) => {
      assert.equal(status(docker, "CapEff"), "00000000a80425fb");
      assert.equal(status(docker, "CapEff", "--cap-drop", "ALL"), "0000000000000000");
      assert.deepEqual(capabilityNumbers(status(docker, "CapBnd", "--cap-drop", "ALL", "--cap-add", "NET_ADMIN")), [12]);
      assert.equal(status(docker, "CapEff", "--user", "1000"), "0000000000000000");
      assert.match(docker.command(["run", "--rm", "--cap-drop", "CHOWN", IMAGE, "chown", "1", "/tmp"]).stderr, /not permitted/);
    },
  },
  {
    name: "--privileged",
    run: (docker) => {
      assert.equal(BigInt(`0x${status(docker, "CapEff", "--privileged")}`) & ~boundingSet(), 0n);
      assert.equal(status(docker, "Seccomp", "--privileged"), "0");
      docker.sh("mount -t tmpfs tmpfs /tmp && mkdir /tmp/x && echo 1 >/proc/sys/net/ipv4/ip_forward", "--privileged");
    },
  },
  {
    name: "--security-opt no-new-privileges",
    run: (docker) => {
      assert.equal(status(docker, "NoNewPrivs", "--security-opt", "no-new-privileges"), "1");
      assert.equal(status(docker, "NoNewPrivs"), "0");
    },
  },
  {
    name: "seccomp: Docker's filter, one of one's own, none",
    run: (docker) => {
      assert.equal(status(docker, "Seccomp"), "2");
      assert.match(docker.command(["run", "--rm", IMAGE, "unshare", "-U", "true"]).stderr, /Operation not permitted/);
      assert.equal(status(docker, "Seccomp", "--security-opt", "seccomp=unconfined"), "0");
      const profile = join(docker.directory, "profile.json");
      const syscalls = [{ names: ["mkdir", "mkdirat"], action: "SCMP_ACT_ERRNO", errnoRet: 95 }];
      writeFileSync(profile, JSON.stringify({ defaultAction: "SCMP_ACT_ALLOW", syscalls }));
      const made = docker.command(["run", "--rm", "--security-opt", `seccomp=${profile}`, IMAGE, "mkdir", "/tmp/x"]);
      assert.match(made.stderr, /Operation not supported|Not supported/);
      assert.equal(made.code, 1);
    },
  },
];

const namespaceCases: Case<Docker>[] = [
  {
    name: "all namespaces are the container's own",
    run: (docker) => {
      const pid = docker.pid(docker.start("sleep 100"));
      for (const kind of ["pid", "mnt", "uts", "ipc", "net"])
        assert.notEqual(namespaceOf(pid, kind), namespaceOf("self", kind), kind);
      assert.equal(statusField(pid, "NSpid")?.split("\t").at(-1), "1");
    },
  },
  {
    name: "the host's namespaces: --pid, --uts, --ipc, --network",
    run: (docker) => {
      const pid = docker.pid(docker.start("sleep 100", "--pid", "host", "--uts", "host", "--ipc", "host", "--network", "host"));
      for (const kind of ["pid", "uts", "ipc", "net"]) assert.equal(namespaceOf(pid, kind), namespaceOf("self", kind), kind);
    },
  },
  {
    name: "another container's namespaces: --pid, --ipc",
    run: (docker) => {
      const other = docker.start("sleep 100", "--ipc", "shareable");
      const pid = docker.pid(docker.start("sleep 100", "--pid", `container:${other}`, "--ipc", `container:${other}`));
      for (const kind of ["pid", "ipc"]) assert.equal(namespaceOf(pid, kind), namespaceOf(docker.pid(other), kind), kind);
    },
  },
  {
    name: "--cgroupns private",
    run: (docker) => {
      const pid = docker.pid(docker.start("sleep 100", "--cgroupns", "private"));
      assert.notEqual(namespaceOf(pid, "cgroup"), namespaceOf("self", "cgroup"));
      assert.doesNotMatch(docker.sh("cat /proc/self/cgroup", "--cgroupns", "private"), /docker/);
    },
  },
  {
    name: "--init: a small init is the first process, and reaps",
    run: (docker) => {
      const id = docker.start("(sleep 0.1 &); sleep 100; true", "--init");
      assert.match(docker.ok("exec", id, "cat", "/proc/1/cmdline"), /init/);
      assert.ok(waitUntil(() => !/Z|\(sleep\)/.test(docker.ok("exec", id, "ps", "-o", "stat,comm"))));
      assert.equal(docker.command(["run", "--rm", "--init", IMAGE, "sh", "-c", "exit 3"]).code, 3);
    },
  },
  {
    name: "what a container must not see or change",
    run: (docker) => {
      const id = docker.start("sleep 100");
      const change = "(echo 1 >/proc/sys/kernel/panic) 2>&1; (echo 1 >/sys/kernel/x) 2>&1; true";
      assert.equal(docker.ok("exec", id, "sh", "-c", change).match(/Read-only file system/g)?.length, 2);
      const masked = ["/proc/acpi", "/proc/kcore", "/proc/keys", "/proc/timer_list", "/proc/scsi", "/sys/firmware"].filter(
        existsSync,
      );
      for (const path of masked) assert.match(mountOn(docker.pid(id), path)?.type ?? "", /tmpfs/, path);
    },
  },
];

await compare({
  engine: dockerName(),
  needs: DOCKER_NEEDS,
  open: (runtime) => Docker.withDefault(runtime, ["--bridge", "none"]),
  cases: [...limitCases, ...userCases, ...namespaceCases],
});
