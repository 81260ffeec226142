// SPDX-License-Identifier: Apache-2.0
// @lanes engines @timeout 120
/** Checkpoints under containerd: with a criu that works on this kernel. */
import assert from "node:assert/strict";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { isAlive } from "../../lib/kernel.ts";
import { findProgram } from "../../lib/lane.ts";
import { run, waitUntil } from "../../lib/run.ts";
import { compare, skipFile } from "../lib/compare.ts";
import type { Case } from "../lib/compare.ts";
import { CONTAINERD_NEEDS, Containerd, containerdName } from "../lib/containerd.ts";

const COUNTING = "i=0; while :; do i=$((i+1)); echo $i > /tmp/new; mv /tmp/new /tmp/count; sleep 0.02; done";

const count = (engine: Containerd): number => Number(engine.read(engine.pid("a"), "/tmp/count"));

function startCounting(engine: Containerd): number {
  const pid = engine.start("a", COUNTING);
  assert.ok(waitUntil(() => count(engine) > 5));
  return pid;
}

const cases: Case<Containerd>[] = [
  {
    name: "tasks checkpoint: the container goes on",
    run: (engine) => {
      const pid = startCounting(engine);
      const images = join(engine.directory, "images");
      mkdirSync(images);
      engine.ok("tasks", "checkpoint", "--image-path", images, "a");
      assert.ok(existsSync(join(images, "inventory.img")));
      assert.equal(engine.pid("a"), pid);
      const before = count(engine);
      assert.ok(waitUntil(() => count(engine) > before));
    },
  },
  {
    name: "tasks checkpoint --exit: the container ends",
    run: (engine) => {
      const pid = startCounting(engine);
      const images = join(engine.directory, "last");
      mkdirSync(images);
      engine.ok("tasks", "checkpoint", "--exit", "--image-path", images, "a");
      assert.ok(engine.ended("a"));
      assert.ok(!isAlive(pid));
    },
  },
  {
    name: "containers checkpoint, restore: it goes on where it was",
    run: (engine) => {
      startCounting(engine);
      engine.ok("containers", "checkpoint", "--task", "--rw", "a", "localhost/checkpoint:1");
      const before = count(engine);
      engine.reset();
      engine.ok("containers", "restore", "--live", "--rw", "a", "localhost/checkpoint:1");
      assert.equal(engine.task("a")?.status, "RUNNING");
      assert.ok(waitUntil(() => count(engine) > before));
      assert.ok(count(engine) < before + 1000, "it did not start anew");
      assert.equal(engine.exec("a", ["cat", "/proc/1/comm"]).stdout, "sh\n");
      engine.reset();
      assert.deepEqual(engine.leftovers(), []);
    },
  },
];

if (findProgram("criu") === undefined || run(["criu", "check"]).code !== 0) skipFile("no criu that works on this kernel");
else {
  await compare({
    engine: containerdName(),
    needs: CONTAINERD_NEEDS,
    open: (runtime) => Containerd.withImage(runtime),
    cases,
  });
}
