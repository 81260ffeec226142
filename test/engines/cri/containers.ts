// SPDX-License-Identifier: Apache-2.0
/** Containers of a pod: ends, stats, limits, security. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { capabilityNumbers, cgroupDirectory, statusField } from "../../lib/kernel.ts";
import type { Case } from "../lib/compare.ts";
import type { Cri } from "./cri.ts";

const SLEEP = "exec sleep 1000";

const limit = (pid: number, controller: string, file: string): number =>
  Number(readFileSync(join(cgroupDirectory(pid, controller) ?? "", file), "utf8"));

const ends: Case<Cri>[] = [
  {
    name: "exit codes and reasons",
    run: async (cri) => {
      const pod = await cri.pod();
      for (const [code, reason] of [
        [0, "Completed"],
        [3, "Error"],
      ] as const) {
        const status = await cri.ended(await cri.sh(pod, `exit ${code}`));
        assert.deepEqual([status.exit_code, status.reason], [code, reason]);
      }
    },
  },
  {
    name: "out of memory is told as the reason",
    run: async (cri) => {
      const id = await cri.sh(await cri.pod(), "tail /dev/zero; exit $?", {}, {}, { memory_limit_in_bytes: 20_000_000 });
      const { exit_code: code, reason } = await cri.ended(id);
      assert.deepEqual([code, reason], [137, "OOMKilled"]);
    },
  },
  {
    name: "a program that is missing: the start fails, and says why",
    run: async (cri) => {
      const why = /nothing[\\"]*: executable file not found in \$PATH/;
      const creation = cri.create(await cri.pod(), ["nothing"]);
      if (cri.service.name === "cri-o") return assert.rejects(creation, why); // it calls the runtime at once
      const id = await creation;
      await assert.rejects(cri.start(id), why);
      const { state, reason, exit_code: code } = await cri.status(id);
      assert.deepEqual([state, reason, code], ["CONTAINER_EXITED", "StartError", 128]);
    },
  },
  {
    name: "stop: a signal first, then death",
    run: async (cri) => {
      const pod = await cri.pod();
      const polite = await cri.sh(pod, "trap 'exit 4' TERM; touch /tmp/up; while :; do sleep 0.02; done");
      const deaf = await cri.sh(pod, "trap '' TERM; touch /tmp/up; while :; do sleep 0.02; done");
      for (const id of [polite, deaf]) {
        for (let tries = 0; tries < 100 && (await cri.exec(id, ["test", "-e", "/tmp/up"])).exit_code !== 0; tries++);
      }
      await Promise.all([cri.stop(polite, 20), cri.stop(deaf, 1)]);
      assert.deepEqual([(await cri.status(polite)).exit_code, (await cri.status(deaf)).exit_code], [4, 137]);
    },
  },
];

const settings: Case<Cri>[] = [
  {
    name: "stats",
    run: async (cri) => {
      const id = await cri.sh(await cri.pod(), `i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done; touch /tmp/done; ${SLEEP}`);
      for (let tries = 0; tries < 100 && (await cri.exec(id, ["test", "-e", "/tmp/done"])).exit_code !== 0; tries++);
      const { nanoseconds, bytes } = await cri.usage(id);
      assert.ok(nanoseconds > 1_000_000);
      assert.ok(bytes > 0);
    },
  },
  {
    name: "limits, and an update of them",
    run: async (cri) => {
      const resources = { cpu_quota: 50_000, cpu_period: 100_000, cpu_shares: 512, memory_limit_in_bytes: 33_554_432 };
      const id = await cri.sh(await cri.pod(), SLEEP, {}, {}, resources);
      const pid = await cri.pid(id);
      const now = (): number[] => [
        limit(pid, "cpu", "cpu.cfs_quota_us"),
        limit(pid, "cpu", "cpu.shares"),
        limit(pid, "memory", "memory.limit_in_bytes"),
      ];
      assert.deepEqual(now(), [50_000, 512, 33_554_432]);
      const linux = { cpu_quota: 20_000, cpu_period: 100_000, cpu_shares: 256, memory_limit_in_bytes: 67_108_864 };
      await cri.call("UpdateContainerResources", { container_id: id, linux });
      assert.deepEqual(now(), [20_000, 256, 67_108_864]);
    },
  },
  {
    name: "environment, directory, mounts",
    run: async (cri) => {
      const mounts = [{ container_path: "/mnt", host_path: cri.service.directory, readonly: true }];
      const more = { envs: [{ key: "A", value: "b c" }], working_dir: "/var/log", mounts };
      const id = await cri.sh(await cri.pod(), SLEEP, more);
      const { stdout } = await cri.exec(id, ["sh", "-c", 'echo "$A|$PWD"; ls /mnt/config.toml; touch /mnt/x 2>&1']);
      assert.equal(stdout, "b c|/var/log\n/mnt/config.toml\ntouch: /mnt/x: Read-only file system\n");
    },
  },
  {
    name: "user, groups, capabilities, read-only root, no new privileges",
    run: async (cri) => {
      const id = await cri.sh(
        await cri.pod(),
        SLEEP,
        {},
        {
          run_as_user: { value: 1000 },
          run_as_group: { value: 1001 },
          supplemental_groups: [2000],
          readonly_rootfs: true,
          no_new_privs: true,
          capabilities: { add_capabilities: ["SYS_PTRACE"], drop_capabilities: ["CHOWN"] },
        },
      );
      const pid = await cri.pid(id);
      assert.equal(
        (await cri.exec(id, ["sh", "-c", "id -u; id -g; id -G; touch /tmp/x 2>&1"])).stdout.replace("1001 1001", "1001"),
        "1000\n1001\n1001 2000\ntouch: /tmp/x: Read-only file system\n",
      );
      assert.equal(statusField(pid, "NoNewPrivs"), "1");
      const bounding = capabilityNumbers(statusField(pid, "CapBnd"));
      assert.deepEqual([bounding.includes(19), bounding.includes(0)], [true, false]);
    },
  },
  {
    name: "seccomp: the default of the engine, and none",
    run: async (cri) => {
      const pod = await cri.pod();
      for (const [profile, mode] of [
        ["RuntimeDefault", "2"],
        ["Unconfined", "0"],
      ] as const) {
        const id = await cri.sh(pod, SLEEP, {}, { seccomp: { profile_type: profile } });
        assert.equal(statusField(await cri.pid(id), "Seccomp"), mode, profile);
      }
    },
  },
  {
    name: "masked and read-only paths",
    run: async (cri) => {
      const paths = { masked_paths: ["/proc/uptime", "/sys/kernel"], readonly_paths: ["/proc/sys"] };
      const id = await cri.sh(await cri.pod(), SLEEP, {}, paths);
      const script = "cat /proc/uptime; ls /sys/kernel; echo x 2>&1 > /proc/sys/kernel/domainname";
      const { stdout, stderr } = await cri.exec(id, ["sh", "-c", script]);
      assert.match(stdout + stderr, /^sh: can't create [^\n]*: Read-only file system\n$/);
    },
  },
  {
    name: "a privileged container",
    run: async (cri) => {
      const pod = await cri.pod(
        { network: "NODE" },
        {
          cgroup_parent: `/${cri.service.cgroupParent}`,
          security_context: { namespace_options: { network: "NODE" }, privileged: true },
        },
      );
      const id = await cri.sh(pod, SLEEP, {}, { privileged: true });
      const { stdout } = await cri.exec(id, [
        "sh",
        "-c",
        "mount -t tmpfs none /home && echo mounted; test -c /dev/fuse && echo fuse",
      ]);
      assert.equal(stdout, "mounted\nfuse\n");
    },
  },
];

/** Cases of the containers of a pod. */
export const containers: readonly Case<Cri>[] = [...ends, ...settings];
