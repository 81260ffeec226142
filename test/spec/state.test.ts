// SPDX-License-Identifier: Apache-2.0
// @lanes host v2
/** runtime.md, "State". */
import { Ajv2020 } from "ajv/dist/2020.js";
import { mkdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import t from "tap";
import { container, must } from "../lib/container.ts";
import { isAlive } from "../lib/kernel.ts";
import { isRunt, unless } from "../lib/lane.ts";
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

t.test(
  "the state is valid by its schema, for whoever asks and for every hook",
  { skip: unless(isRunt, "for runt alone") },
  (t) => {
    const schema = JSON.parse(readFileSync("spec-schemas/state.json", "utf8"));
    const validate = new Ajv2020({ strict: false })
      .addSchema(JSON.parse(readFileSync("spec-schemas/defs.json", "utf8")))
      .compile(schema);
    const c = container(t, (config) => (config.process.args = ["sleep", "100"]));
    const hook = (file: string): object => ({ path: "/bin/sh", args: ["sh", "-c", `cat > ${file}`] });
    const kinds = ["prestart", "createRuntime", "createContainer", "poststart", "poststop"];
    c.config.hooks = Object.fromEntries(kinds.map((kind) => [kind, [hook(`${c.directory}/${kind}`)]]));
    c.config.hooks["startContainer"] = [hook("/startContainer")];
    c.config.annotations = { "org.example.key": "value" };
    const check = (text: string, what: string): void => {
      t.ok(validate(JSON.parse(text)), `${what}: ${JSON.stringify(validate.errors)}`);
    };
    const states = new Map<string, string>();
    const ask = (status: string): void => void states.set(status, must(c.command(["state", c.id])).stdout);
    must(c.create());
    ask("created");
    must(c.start());
    ask("running");
    must(c.kill("KILL"));
    t.ok(waitUntil(() => c.status() === "stopped"));
    ask("stopped");
    must(c.delete());
    for (const [status, text] of states) check(text, status);
    for (const kind of Object.keys(c.config.hooks ?? {})) {
      const at = kind === "startContainer" ? c.rootfs : c.directory;
      check(readFileSync(join(at, kind), "utf8"), kind);
    }
    t.notOk(validate({ ...JSON.parse(states.get("running") ?? ""), pid: "1" }), "and the schema says no at all");
    t.end();
  },
);

t.test("the same id in two state directories is two containers", (t) => {
  const c = container(t);
  const other = container(t);
  const pid = c.startSleeping();
  other.config.process.args = ["sleep", "100"];
  other.save();
  must(other.command(["create", "--bundle", other.bundle, c.id]));
  const state = JSON.parse(must(other.command(["state", c.id])).stdout);
  t.equal(state.bundle, other.bundle);
  must(other.command(["delete", "--force", c.id]));
  t.equal(c.status(), "running", "one goes on without the other");
  t.ok(isAlive(pid));
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
