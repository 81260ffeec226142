// SPDX-License-Identifier: Apache-2.0
// @lanes engines @timeout 240
/** What CRI-O does in a way of its own: namespaces that it makes itself, profiles of seccomp, what it asks of a runtime at its start. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { must } from "../../lib/container.ts";
import { isAlive, mountOn, namespaceOf, processesWith } from "../../lib/kernel.ts";
import { eventually, run } from "../../lib/run.ts";
import type { Case } from "../lib/compare.ts";
import type { Cri } from "../cri/cri.ts";
import { compareUnderCrio, openCrio } from "./daemon.ts";
import type { CrioDaemon } from "./daemon.ts";

const SLEEP = "exec sleep 1000";
/** What the kubelet asks for by itself; CRI-O makes such a pod without a process of its own. */
const USUAL = { network: "POD", pid: "CONTAINER", ipc: "POD" };

interface Handler {
  readonly name: string;
  readonly features: Readonly<Record<"recursive_read_only_mounts" | "user_namespaces", boolean>>;
}

interface Status {
  readonly status: { readonly conditions: readonly { readonly type: string; readonly status: boolean }[] };
  readonly runtime_handlers: readonly Handler[];
}

const cases: Case<Cri<CrioDaemon>>[] = [
  {
    name: "status: ready, and what the runtime says that it can do",
    run: async (cri) => {
      const { name } = cri.service.runtime;
      const notReady = async (): Promise<string[]> => {
        const { status } = await cri.call<Status>("Status", {});
        return status.conditions.filter((condition) => !condition.status).map(({ type }) => type);
      };
      for (let tries = 0; tries < 100 && (await notReady()).length > 0; tries++)
        await new Promise((resolve) => setTimeout(resolve, 100)); // the network is looked for now and then
      assert.deepEqual(await notReady(), []);
      const { runtime_handlers: handlers } = await cri.call<Status>("Status", {});
      const features = handlers.find((handler) => handler.name === name)?.features;
      assert.equal(features?.recursive_read_only_mounts, true);
      if (name === "runt") assert.equal(features.user_namespaces, true, "which runc says since its version 1.2");
    },
  },
  {
    name: "a pod as the kubelet makes it: no process of its own, namespaces that its containers join",
    run: async (cri) => {
      const pod = await cri.pod(USUAL);
      const ids = [await cri.sh(pod, SLEEP), await cri.sh(pod, SLEEP)];
      const [first = -1, second = -1] = await Promise.all(ids.map((id) => cri.pid(id)));
      for (const kind of ["net", "ipc", "uts"]) {
        assert.equal(namespaceOf(first, kind), namespaceOf(second, kind), kind);
        assert.notEqual(namespaceOf(first, kind), namespaceOf("self", kind), kind);
      }
      assert.notEqual(namespaceOf(first, "pid"), namespaceOf(second, "pid"));
      assert.deepEqual(processesWith("sleep 1000000"), []);
      await cri.remove(pod);
      assert.ok(await eventually(() => cri.service.leftovers().length === 0), cri.service.leftovers().join("\n"));
    },
  },
  {
    name: "a user namespace for a pod",
    run: async (cri) => {
      const ids = [{ host_id: 300_000, container_id: 0, length: 65_536 }];
      const namespaces = { ...USUAL, userns_options: { mode: "POD", uids: ids, gids: ids } };
      const pod = await cri.pod(namespaces);
      const id = await cri.sh(pod, SLEEP, {}, { namespace_options: namespaces });
      const pid = await cri.pid(id);
      for (const file of ["uid_map", "gid_map"])
        assert.match(readFileSync(`/proc/${pid}/${file}`, "utf8"), /^\s*0\s+300000\s+65536\n$/, file);
      const { stdout } = await cri.exec(id, [
        "sh",
        "-c",
        "id -u; touch /home/x && stat -c %u /home/x /etc; hostname inside 2>&1",
      ]);
      assert.match(stdout, /^0\n0\n0\n/);
    },
  },
  {
    name: "seccomp: a profile in a file",
    run: async (cri) => {
      const file = join(cri.service.directory, "no-mkdir.json");
      const calls = [{ names: ["mkdir", "mkdirat"], action: "SCMP_ACT_ERRNO", errnoRet: 95 }];
      writeFileSync(file, JSON.stringify({ defaultAction: "SCMP_ACT_ALLOW", syscalls: calls }));
      const seccomp = { profile_type: "Localhost", localhost_ref: file };
      const id = await cri.sh(await cri.pod(USUAL), SLEEP, {}, { seccomp });
      const { stderr, exit_code: code } = await cri.exec(id, ["mkdir", "/tmp/x"]);
      assert.deepEqual([stderr, code], ["mkdir: can't create directory '/tmp/x': Operation not supported\n", 1]);
    },
  },
  {
    name: "what cannot be executed: the creation fails, and says why",
    run: async (cri) => {
      const pod = await cri.pod(USUAL);
      await assert.rejects(cri.create(pod, ["/etc/passwd"]), /permission denied/);
      await assert.rejects(cri.create(pod, ["/etc"]), /permission denied|is a directory/);
      await assert.rejects(cri.create(pod, ["/no/such"]), /no such file or directory/);
    },
  },
  {
    name: "a container that is never started can be removed",
    run: async (cri) => {
      const pod = await cri.pod(USUAL);
      const id = await cri.create(pod, ["sh", "-c", SLEEP]);
      const pid = await cri.pid(id);
      await cri.call("RemoveContainer", { container_id: id });
      assert.ok(await eventually(() => !isAlive(pid)));
      await assert.rejects(cri.status(id), /not found/);
    },
  },
  {
    name: "with the processes of the node: what a container leaves behind ends with it",
    run: async (cri) => {
      const options = { namespace_options: { ...USUAL, pid: "NODE" } };
      const pod = await cri.pod({ ...USUAL, pid: "NODE" });
      const id = await cri.sh(pod, "setsid sleep 4242 & exit 0", {}, options);
      assert.equal((await cri.ended(id)).exit_code, 0);
      assert.ok(await eventually(() => processesWith("sleep\x004242").length === 0));
    },
  },
  {
    name: "programs that were started beside the first end with the container",
    run: async (cri) => {
      const id = await cri.sh(await cri.pod(USUAL), SLEEP);
      const streams = await cri.streams("Exec", { container_id: id, cmd: ["sleep", "4343"], stdout: true });
      assert.ok(await eventually(() => processesWith("sleep\x004343").length > 0));
      await cri.stop(id);
      assert.ok(await eventually(() => processesWith("sleep\x004343").length === 0));
      streams.close();
    },
  },
  {
    name: "a mount that is read-only with all that is mounted below it",
    run: async (cri) => {
      const source = join(cri.service.directory, "source");
      must(run(["mkdir", "-p", join(source, "below")]));
      must(run(["mount", "-t", "tmpfs", "tmpfs", join(source, "below")]));
      try {
        const mounts = [{ container_path: "/mnt", host_path: source, readonly: true, recursive_read_only: true }];
        const pid = await cri.pid(await cri.sh(await cri.pod(USUAL), SLEEP, { mounts }));
        for (const point of ["/mnt", "/mnt/below"]) assert.ok(mountOn(pid, point)?.options.includes("ro"), point);
      } finally {
        must(run(["umount", join(source, "below")]));
      }
    },
  },
  {
    name: "what ends while CRI-O does not run is known to it later",
    run: async (cri) => {
      const id = await cri.sh(await cri.pod(USUAL), SLEEP);
      const pid = await cri.pid(id);
      await cri.restart(() => process.kill(pid, "SIGKILL"));
      const { state, exit_code: code } = await cri.ended(id);
      assert.deepEqual([state, code], ["CONTAINER_EXITED", 137]);
    },
  },
];

await compareUnderCrio("CRI", openCrio, cases);
