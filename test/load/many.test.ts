// SPDX-License-Identifier: Apache-2.0
// @lanes host @timeout 180 @alone
/** Many containers at once: two hundred, eight at a time. */
import { readdirSync } from "node:fs";
import t from "tap";
import { container, must } from "../lib/container.ts";
import { cgroupDirectories } from "../lib/kernel.ts";

const COUNT = 200;
const WIDTH = 8;

t.test(`${COUNT} containers, ${WIDTH} at a time, one state directory`, async (t) => {
  // One bundle serves all; each container has its own id and cgroup by a config of its own.
  const c = container(t, (config) => {
    config.process.args = ["sleep", "1000"];
    config.root.readonly = true;
    Reflect.deleteProperty(config.linux, "cgroupsPath");
  });
  c.save();
  const ids = Array.from({ length: COUNT }, (_, index) => `${c.id}-${index}`);
  t.teardown(() => ids.forEach((id) => c.command(["delete", "--force", id])));
  const failures: string[] = [];
  const each = async (args: (id: string) => string[]): Promise<void> => {
    const queue = [...ids];
    const worker = async (): Promise<void> => {
      for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
        const child = c.background(args(id));
        const result = await child.end(30);
        if (result.code !== 0) failures.push(`${args(id).join(" ")}: ${result.code ?? result.signal ?? ""} ${result.stderr}`);
        child.dispose();
      }
    };
    await Promise.all(Array.from({ length: WIDTH }, worker));
  };

  await each((id) => ["create", "--bundle", c.bundle, id]);
  t.strictSame(failures.slice(0, 5), [], "create");
  const created: { id: string; status: string; pid: number }[] = JSON.parse(must(c.command(["list", "--format", "json"])).stdout);
  t.equal(created.length, COUNT);
  t.ok(created.every((entry) => entry.status === "created"));
  t.equal(new Set(created.map((entry) => entry.pid)).size, COUNT, "each has its own init");

  await each((id) => ["start", id]);
  t.strictSame(failures.slice(0, 5), [], "start");
  await each((id) => ["state", id]);
  await each((id) => ["exec", id, "true"]);
  t.strictSame(failures.slice(0, 5), [], "state and exec");
  await each((id) => ["kill", id, "KILL"]);
  await each((id) => ["delete", "--force", id]);
  t.strictSame(failures.slice(0, 5), [], "kill and delete");
  t.strictSame(readdirSync(c.stateRoot), [], "nothing is left in the state directory");
  for (const id of ids.slice(0, 3)) t.strictSame(cgroupDirectories(`/${id}`), []);
});

t.test("one id for eight creates at once: one wins", async (t) => {
  const c = container(t, (config) => (config.process.args = ["sleep", "1000"]));
  c.save();
  const all = Array.from({ length: WIDTH }, () => c.background(["create", "--bundle", c.bundle, c.id]));
  const results = await Promise.all(all.map((child) => child.end(30)));
  all.forEach((child) => child.dispose());
  t.equal(results.filter((result) => result.code === 0).length, 1);
  for (const result of results.filter((entry) => entry.code !== 0)) t.match(result.stderr, /already exists/);
  t.equal(c.status(), "created");
});

t.test("start, kill and delete at once: each succeeds or says why, and nothing is left", async (t) => {
  for (let round = 0; round < 10; round++) {
    const c = container(t, (config) => (config.process.args = ["sleep", "1000"]));
    must(c.create());
    const commands = [
      ["start", c.id],
      ["kill", c.id, "KILL"],
      ["delete", "--force", c.id],
      ["state", c.id],
    ];
    const all = commands.map((args) => c.background(args));
    const results = await Promise.all(all.map((child) => child.end(30)));
    all.forEach((child) => child.dispose());
    t.notOk(results.some((result) => result.timedOut));
    t.equal(c.delete("--force").code, 0);
    t.strictSame(cgroupDirectories(c.cgroupsPath), []);
  }
});
