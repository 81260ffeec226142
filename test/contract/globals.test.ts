// SPDX-License-Identifier: Apache-2.0
// @lanes host
/** The options before the command: each value that another runtime takes, and what it does. */
import { existsSync, mkdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { container, must } from "../lib/container.ts";
import { findProgram, isRunt, runtime, unless } from "../lib/lane.ts";
import { asUser, makeRootless } from "../lib/rootless.ts";
import { run } from "../lib/run.ts";

const ours = { skip: unless(isRunt, "of runt") };

t.test("--log-level takes the words of all, and writes no less important messages", ours, (t) => {
  // A container that is warned about, and a command that fails.
  const c = container(t, (config) => (config.process.capabilities = { bounding: ["CAP_NOSUCH"] }));
  c.save();
  const log = join(c.directory, "log");
  for (const [words, least] of [
    [[], "error"],
    [["--log-level", "error"], "error"],
    [["--log-level", "warning"], "warning"],
    [["--log-level=warn"], "warning"],
    [["--log-level", "info"], "info"],
    [["--log-level", "debug"], "debug"],
    [["--log-level", "trace"], "debug"],
    [["--debug"], "debug"],
    [["--debug=false", "--log-level", "warning"], "warning"],
  ] as const) {
    rmSync(log, { force: true });
    must(c.command(["--log", log, ...words, "run", "--bundle", c.bundle, c.id]));
    t.equal(c.command(["--log", log, ...words, "state", "missing"]).code, 1);
    const found = new Set([...readFileSync(log, "utf8").matchAll(/ level=(\w+) /g)].map(([, level]) => level));
    const order = ["error", "warning", "info", "debug"];
    const allowed = order.slice(0, order.indexOf(least) + 1);
    t.strictSame(
      [...found].filter((level = "") => !allowed.includes(level)),
      [],
      words.join(" "),
    );
    t.ok(found.has("error"));
    if (least !== "error") t.ok(found.has("warning"));
    if (least === "debug") t.ok(found.has("debug"));
  }
  t.end();
});

t.test("--root: relative to the caller's directory, made when it is needed, private", (t) => {
  const c = container(t, (config) => (config.process.args = ["sleep", "100"]));
  c.save();
  const command = (...words: string[]): ReturnType<typeof run> => run([runtime, ...words], { cwd: c.directory });
  must(command("--root", "a/b", "create", "--bundle", "bundle", c.id));
  const root = join(c.directory, "a/b");
  t.teardown(() => run([runtime, "--root", root, "delete", "--force", c.id]));
  t.ok(existsSync(join(root, c.id)));
  t.equal(statSync(root).mode & 0o777, 0o700);
  for (const words of [["--root", "a/b"], ["--root=./a//b/"], [`--root=${root}`], ["-root", root]])
    t.equal(must(command(...words, "list", "--quiet")).stdout, `${c.id}\n`, words.join(" "));
  t.not(command("--root", "/", "list").code, 0);
  must(command("--root", "a/b", "delete", "--force", c.id));
  t.strictSame(existsSync(join(root, c.id)), false);
  t.end();
});

t.test(
  "an ordinary user's state is in XDG_RUNTIME_DIR; without it a command says what to do",
  {
    skip:
      ours.skip ||
      unless(findProgram("setpriv") !== undefined, "no setpriv") ||
      unless((statSync("/run").mode & 0o002) === 0, "everybody may write to /run here"),
  },
  (t) => {
    const USER = 23456;
    const c = container(t);
    makeRootless(c, USER);
    c.save();
    must(run(["chown", "-Rh", `${USER}:${USER}`, c.directory]));
    const command = [runtime, "run", "--bundle", c.bundle, c.id];
    t.match(asUser(USER, {}, command), { code: 1, stderr: /permission denied.*\nhint: .*XDG_RUNTIME_DIR.*--root/ });
    must(asUser(USER, { XDG_RUNTIME_DIR: c.directory }, [runtime, "create", "--bundle", c.bundle, c.id]));
    t.teardown(() => asUser(USER, { XDG_RUNTIME_DIR: c.directory }, [runtime, "delete", "--force", c.id]));
    const root = join(c.directory, "runt");
    t.equal(statSync(root).mode & 0o7777, 0o1700);
    t.ok(existsSync(join(root, c.id)));
    t.end();
  },
);

t.test("--rootless takes true, false and auto", ours, (t) => {
  for (const value of ["true", "false", "auto", "TRUE", "1", "0"])
    t.equal(run([runtime, `--rootless=${value}`, "features"]).code, 0, value);
  for (const value of ["yes", "", "maybe"]) {
    const result = run([runtime, `--rootless=${value}`, "state", "x"]);
    t.equal(result.code, 1, value);
    if (value !== "") t.match(result.stderr, /it is "true", "false" or "auto"/);
  }
  t.end();
});

t.test("--rootless=true tolerates what root could have done, and the container runs", ours, (t) => {
  const c = container(t, (config) => (config.process.args = ["echo", "runs"]), { global: ["--rootless=true"] });
  t.equal(must(c.run()).stdout, "runs\n");
  t.end();
});

t.test("the log may be a file by three spellings, relative to the caller's directory too", ours, (t) => {
  const c = container(t);
  mkdirSync(join(c.directory, "logs"));
  for (const [index, name] of [join(c.directory, "logs/0"), `file:${join(c.directory, "logs/1")}`, "logs/2"].entries()) {
    run([runtime, "--log", name, "--root", c.stateRoot, "state", "missing"], { cwd: c.directory });
    t.match(readFileSync(join(c.directory, `logs/${index}`), "utf8"), /container does not exist/, name);
  }
  t.end();
});
