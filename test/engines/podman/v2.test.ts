// SPDX-License-Identifier: Apache-2.0
// @lanes engines @timeout 150
/** Podman with cgroup v2. */
import "../lib/v2-view.ts";
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { cgroupDirectory, isAlive, namespaceOf } from "../../lib/kernel.ts";
import { waitUntil } from "../../lib/run.ts";
import { compare } from "../lib/compare.ts";
import type { Case } from "../lib/compare.ts";
import { PODMAN_NEEDS, Podman, podmanName } from "../lib/podman.ts";

const SLEEP = "exec sleep 1000";

const cases: Case<Podman>[] = [
  {
    name: "the container's cgroup: of its own, seen as the root inside, and removed",
    run: (podman) => {
      const pid = podman.start("a", SLEEP);
      const directory = cgroupDirectory(pid, "") ?? "";
      assert.match(directory, new RegExp(`^/sys/fs/cgroup${podman.cgroupParent}/libpod-[0-9a-f]{64}`));
      assert.notEqual(namespaceOf(pid, "cgroup"), namespaceOf("self", "cgroup"));
      assert.match(podman.ok("exec", "a", "cat", "/proc/self/cgroup"), /^0::\/$/m);
      podman.ok("rm", "--force", "--time", "0", "a");
      assert.ok(!existsSync(directory));
    },
  },
  {
    name: "pause, unpause",
    run: (podman) => {
      const pid = podman.start("a", SLEEP);
      const frozen = (): string => readFileSync(join(cgroupDirectory(pid, "") ?? "", "cgroup.freeze"), "utf8");
      podman.ok("pause", "a");
      assert.deepEqual([podman.status("a"), frozen()], ["paused", "1\n"]);
      podman.ok("unpause", "a");
      assert.deepEqual([podman.status("a"), frozen()], ["running", "0\n"]);
    },
  },
  {
    name: "kill of a paused container",
    run: (podman) => {
      const pid = podman.start("a", SLEEP);
      podman.ok("pause", "a");
      podman.ok("rm", "--force", "--time", "0", "a");
      assert.ok(waitUntil(() => !isAlive(pid)));
    },
  },
  {
    name: "devices: what is not allowed cannot be opened, what is given can",
    run: (podman) => {
      const script = "mknod /tmp/fuse c 10 229; : < /tmp/fuse";
      assert.match(podman.command(podman.run(["--rm"], "sh", "-c", script)).stderr, /Operation not permitted/);
      assert.equal(podman.sh(`${script} && echo opened`, "--device", "/dev/fuse"), "opened");
      assert.equal(podman.sh(`${script} && echo opened`, "--privileged"), "opened");
    },
  },
  {
    name: "a container of all processes of the host's pid namespace ends whole",
    run: (podman) => {
      const pid = podman.start("a", "sleep 500 & sleep 501 & exec sleep 502", "--pid", "host");
      const directory = cgroupDirectory(pid, "") ?? "";
      const pids = readFileSync(join(directory, "cgroup.procs"), "utf8").trim().split("\n").map(Number);
      assert.equal(pids.length, 3);
      podman.ok("rm", "--force", "--time", "0", "a");
      assert.ok(waitUntil(() => !pids.some(isAlive)));
    },
  },
  {
    name: "pods",
    run: (podman) => {
      podman.ok("pod", "create", "--name", "p", "--network", "none", "--cgroup-parent", podman.cgroupParent);
      const pid = podman.start("a", SLEEP, "--pod", "p");
      assert.match(cgroupDirectory(pid, "") ?? "", new RegExp(`${podman.cgroupParent}/[0-9a-f]{64}/libpod-`));
      podman.ok("pod", "pause", "p");
      podman.ok("pod", "unpause", "p");
      podman.ok("pod", "rm", "--force", "--time", "0", "p");
      assert.ok(!isAlive(pid));
    },
  },
];

await compare({
  engine: `${podmanName()} cgroup v2`,
  needs: [...PODMAN_NEEDS, "/usr/libexec/podman/catatonit"],
  open: (runtime) => new Podman(runtime),
  cases,
});
