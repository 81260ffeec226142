// SPDX-License-Identifier: Apache-2.0
// @lanes host v2
/** runtime.md, "State". */
import { mkdirSync } from "node:fs";
import { join, relative } from "node:path";
import t from "tap";
import { container, must } from "../lib/container.ts";
import { isAlive } from "../lib/kernel.ts";
import { waitUntil } from "../lib/run.ts";

t.test("the state has every member that the spec requires, of its type, in each status", (t) => {
  const c = container(t, (config) => {
    config.process.args = ["sleep", "100"];
    config.annotations = { "org.example.key": "" };
  });
  const check = (status: string): void => {
    const state: Record<string, unknown> = JSON.parse(must(c.command(["state", c.id])).stdout);
    t.match(state["ociVersion"], /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/, `${status}: ociVersion`);
    t.equal(state["id"], c.id, `${status}: id`);
    t.equal(state["status"], status);
    t.equal(state["bundle"], c.bundle, `${status}: bundle`);
    t.strictSame(state["annotations"], { "org.example.key": "" }, `${status}: annotations`);
    const pid = state["pid"];
    t.equal(typeof pid, "number", `${status}: pid`);
    if (status !== "stopped") t.ok(isAlive(Number(pid)), `${status}: the pid of a process`);
  };
  must(c.create());
  check("created");
  must(c.start());
  check("running");
  must(c.kill("KILL"));
  t.ok(waitUntil(() => c.status() === "stopped"));
  check("stopped");
  t.end();
});

t.test("the state names the bundle by its absolute path, however create was told", (t) => {
  const c = container(t);
  c.save();
  const base = join(c.directory, "a/b");
  mkdirSync(base, { recursive: true });
  must(c.command(["create", "--bundle", relative(base, c.bundle), c.id], { cwd: base }));
  t.equal(c.state().bundle, c.bundle);
  t.end();
});

t.test("a paused container has a status of its own", (t) => {
  const c = container(t);
  c.startSleeping();
  must(c.command(["pause", c.id]));
  t.equal(c.status(), "paused");
  must(c.command(["resume", c.id]));
  t.equal(c.status(), "running");
  t.end();
});
