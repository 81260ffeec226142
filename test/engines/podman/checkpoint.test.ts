// SPDX-License-Identifier: Apache-2.0
// @lanes engines @timeout 120
/** Checkpoints under Podman: with a criu that works on this kernel. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isAlive } from "../../lib/kernel.ts";
import { findProgram } from "../../lib/lane.ts";
import { run, waitUntil } from "../../lib/run.ts";
import { compare, skipFile } from "../lib/compare.ts";
import type { Case } from "../lib/compare.ts";
import { PODMAN_NEEDS, Podman, podmanName } from "../lib/podman.ts";

const COUNTING = "i=0; while :; do i=$((i+1)); echo $i > /tmp/new; mv /tmp/new /tmp/count; sleep 0.02; done";

function count(podman: Podman, name = "a"): number {
  const file = `/proc/${podman.pid(name)}/root/tmp/count`;
  return existsSync(file) ? Number(readFileSync(file, "utf8")) : 0;
}

function startCounting(podman: Podman): void {
  podman.start("a", COUNTING);
  assert.ok(waitUntil(() => count(podman) > 5));
}

const cases: Case<Podman>[] = [
  {
    name: "container checkpoint, restore: it goes on where it was",
    run: (podman) => {
      startCounting(podman);
      const before = count(podman);
      const pid = podman.pid("a");
      podman.ok("container", "checkpoint", "a");
      assert.equal(podman.status("a"), "exited");
      assert.ok(!isAlive(pid));
      podman.ok("container", "restore", "a");
      assert.equal(podman.status("a"), "running");
      assert.ok(waitUntil(() => count(podman) > before));
      assert.ok(count(podman) < before + 1000, "it did not start anew");
      assert.equal(podman.ok("exec", "a", "cat", "/proc/1/comm"), "sh");
    },
  },
  {
    name: "container checkpoint --leave-running",
    run: (podman) => {
      startCounting(podman);
      const pid = podman.pid("a");
      podman.ok("container", "checkpoint", "--leave-running", "a");
      assert.equal(podman.pid("a"), pid);
      const before = count(podman);
      assert.ok(waitUntil(() => count(podman) > before));
    },
  },
  {
    name: "container checkpoint --export, restore --import under another name",
    run: (podman) => {
      startCounting(podman);
      const archive = join(podman.directory, "checkpoint.tar.gz");
      podman.ok("container", "checkpoint", "--export", archive, "a");
      podman.ok("rm", "a");
      podman.ok("container", "restore", "--import", archive, "--name", "b");
      const before = count(podman, "b");
      assert.ok(before > 5);
      assert.ok(waitUntil(() => count(podman, "b") > before));
    },
  },
];

if (findProgram("criu") === undefined || run(["criu", "check"]).code !== 0) skipFile("no criu that works on this kernel");
else await compare({ engine: podmanName(), needs: PODMAN_NEEDS, open: (runtime) => new Podman(runtime), cases });
