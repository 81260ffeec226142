// SPDX-License-Identifier: Apache-2.0
// @lanes host v2 @timeout 90
/** The runtime is killed at any moment; `delete --force` leaves nothing, and the id can be used again. */
import t from "tap";
import { container } from "../lib/container.ts";
import { leftovers } from "../lib/faults.ts";
import { cgroupDirectories, isAlive, processesWith } from "../lib/kernel.ts";
import { pause, waitUntil } from "../lib/run.ts";

/** A reproducible sequence of numbers below 1. */
function* numbers(seed: number): Generator<number, never> {
  for (let state = seed; ;) {
    state = (state * 1103515245 + 12345) % 2147483648;
    yield state / 2147483648;
  }
}

t.test("kill -9 of create at forty moments", async (t) => {
  const c = container(t, (config) => (config.process.args = ["sleep", "7272"]));
  c.save();
  const begin = performance.now();
  t.equal(c.create().code, 0);
  const whole = performance.now() - begin;
  c.delete("--force");
  const random = numbers(20240131);
  const problems: string[] = [];
  for (let round = 0; round < 40; round++) {
    const create = c.background(["create", "--bundle", c.bundle, c.id]);
    const moment = random.next().value * whole * 1.2;
    pause(moment);
    create.child.kill("SIGKILL");
    await create.end();
    const deleted = c.delete("--force");
    if (deleted.code !== 0) problems.push(`${moment.toFixed(1)} ms: delete fails: ${deleted.stderr}`);
    waitUntil(() => processesWith(c.id).length === 0 && processesWith("7272").length === 0, 5);
    const left = leftovers(c, cgroupDirectories(c.cgroupsPath), [...processesWith(c.id), ...processesWith("7272")]);
    problems.push(...left.map((what) => `${moment.toFixed(1)} ms: ${what}`));
    create.dispose();
  }
  t.strictSame(problems.slice(0, 8), []);
  t.equal(c.create().code, 0, "the id can be used again");
});

t.test("kill -9 of a foreground run does not keep the container from being deleted", async (t) => {
  const c = container(t, (config) => (config.process.args = ["sleep", "7373"]));
  c.save();
  const running = c.background(["run", "--bundle", c.bundle, c.id]);
  t.teardown(() => running.dispose());
  t.ok(waitUntil(() => c.status() === "running"));
  const pid = c.state().pid;
  running.child.kill("SIGKILL");
  await running.end();
  t.equal(c.delete("--force").code, 0);
  t.ok(waitUntil(() => !isAlive(pid)));
  t.strictSame(leftovers(c, cgroupDirectories(c.cgroupsPath), []), []);
});

t.test("the container's init is killed before start", (t) => {
  const c = container(t);
  t.equal(c.create().code, 0);
  const pid = c.state().pid;
  process.kill(pid, "SIGKILL");
  t.ok(waitUntil(() => c.status() === "stopped"));
  t.equal(c.start().code, 1);
  t.equal(c.delete().code, 0);
  t.end();
});
