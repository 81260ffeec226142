// SPDX-License-Identifier: Apache-2.0
// @lanes host v2 uml
/** `pause` and `resume`, and what a paused container takes. */
import t from "tap";
import { container, must } from "../lib/container.ts";
import { isAlive } from "../lib/kernel.ts";
import { pause, waitUntil } from "../lib/run.ts";

t.test("a paused container stands still and goes on when resumed", (t) => {
  const c = container(t, (config) => (config.process.args = ["sh", "-c", "while :; do echo x >> /ticks; sleep 0.02; done"]));
  must(c.create());
  must(c.start());
  const ticks = (): number => (must(c.command(["state", c.id])), c.read("ticks").length);
  t.ok(waitUntil(() => c.exec(["test", "-e", "/ticks"]).code === 0));
  t.equal(c.command(["pause", c.id]).code, 0);
  t.equal(c.status(), "paused");
  const before = ticks();
  pause(200);
  t.equal(ticks(), before);
  t.equal(c.command(["resume", c.id]).code, 0);
  t.equal(c.status(), "running");
  t.ok(waitUntil(() => ticks() > before));
  t.end();
});

t.test("a paused container refuses exec, and dies of kill -9", (t) => {
  const c = container(t);
  const pid = c.startSleeping();
  must(c.command(["pause", c.id]));
  const refused = c.exec(["true"]);
  t.equal(refused.code, 255);
  t.match(refused.stderr, /cannot exec in a paused container/);
  t.equal(c.kill("KILL").code, 0);
  t.ok(waitUntil(() => !isAlive(pid)));
  t.equal(c.delete().code, 0);
  t.end();
});

t.test("delete --force takes a paused container", (t) => {
  const c = container(t);
  const pid = c.startSleeping();
  must(c.command(["pause", c.id]));
  t.equal(c.delete("--force").code, 0);
  t.notOk(isAlive(pid));
  t.end();
});

t.test("pause needs a running container, resume a paused one", (t) => {
  const c = container(t, (config) => (config.process.args = ["true"]));
  must(c.create());
  must(c.start());
  t.ok(waitUntil(() => c.status() === "stopped"));
  t.equal(c.command(["pause", c.id]).code, 1);
  const d = container(t);
  d.startSleeping();
  const result = d.command(["resume", d.id]);
  t.equal(result.code, 1);
  t.match(result.stderr, /not paused/);
  t.end();
});
