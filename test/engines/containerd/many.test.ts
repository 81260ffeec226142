// SPDX-License-Identifier: Apache-2.0
// @lanes engines @timeout 240 @alone
/** A hundred containers under one containerd, all at once: created, entered and removed. */
import assert from "node:assert/strict";
import { waitUntil } from "../../lib/run.ts";
import { compare } from "../lib/compare.ts";
import { CONTAINERD_NEEDS, Containerd, containerdName } from "../lib/containerd.ts";

const COUNT = 100;
const ids = Array.from({ length: COUNT }, (_, index) => `many-${index}`);

/** Runs one command for every container, all at the same time; throws with the words of those that fail. */
async function forAll(engine: Containerd, what: string, args: (id: string) => readonly string[]): Promise<void> {
  const all = ids.map((id) => engine.background(args(id)));
  const results = await Promise.all(all.map((command) => command.end(60)));
  all.forEach((command) => command.dispose());
  const failed = results.filter((result) => result.code !== 0).map((result) => result.stderr.trim());
  assert.deepEqual(failed.slice(0, 5), [], `${what}: ${failed.length} of ${COUNT} fail`);
}

await compare({
  engine: containerdName(),
  needs: CONTAINERD_NEEDS,
  open: (runtime) => Containerd.withImage(runtime),
  cases: [
    {
      name: `${COUNT} containers at once, created, exec'ed and removed; nothing is left behind`,
      run: async (engine) => {
        const before = engine.leftovers();
        await forAll(engine, "run", (id) => engine.run(id, ["--detach", "--null-io"], "sleep", "1000"));
        const running = engine.ok("tasks", "list").split("\n");
        assert.equal(running.filter((line) => line.includes("RUNNING")).length, COUNT);
        assert.equal(engine.shims().length, COUNT);
        await forAll(engine, "exec", (id) => ["tasks", "exec", "--exec-id", "e", id, "true"]);
        await forAll(engine, "kill", (id) => ["tasks", "kill", "--signal", "KILL", id]);
        assert.ok(waitUntil(() => !engine.ok("tasks", "list").includes("RUNNING"), 30));
        await forAll(engine, "rm", (id) => ["containers", "rm", id]);
        assert.ok(
          waitUntil(() => engine.leftovers().length === before.length, 30),
          engine.leftovers().join("\n"),
        );
      },
    },
  ],
});
