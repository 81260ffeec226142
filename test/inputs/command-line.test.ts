// SPDX-License-Identifier: Apache-2.0
// @lanes host
/** Bad command lines, ids, and surroundings: a message, exit code 1, nothing left. */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { container, must } from "../lib/container.ts";
import { isRunt, runtime, unless } from "../lib/lane.ts";
import { run } from "../lib/run.ts";

const usage: readonly { args: string[]; message: RegExp }[] = [
  { args: ["nosuchcommand"], message: /nosuchcommand/ },
  { args: ["--nosuchflag", "list"], message: /nosuchflag/ },
  { args: ["state"], message: /state/ },
  { args: ["state", "a", "b"], message: /state|argument/ },
  { args: ["create"], message: /create|argument/ },
  { args: ["create", "--nosuch", "x"], message: /nosuch/ },
  { args: ["create", "--bundle"], message: /bundle/ },
  { args: ["kill"], message: /kill|argument/ },
  { args: ["exec"], message: /exec|argument/ },
  { args: ["list", "--format", "xml"], message: /xml|format/ },
  { args: ["--log-format", "yaml", "list"], message: /yaml|log-format/ },
  { args: ["--root", "/", "list"], message: /root/ },
];
for (const { args, message } of usage) {
  t.test(`usage: ${args.join(" ")}`, { skip: unless(isRunt, "wording of runt") }, (t) => {
    const result = run([runtime, ...args]);
    t.not(result.code, 0);
    t.match(result.stderr, message);
    t.end();
  });
}

t.test("help is there for the program and each command", (t) => {
  const help = must(run([runtime, "--help"])).stdout;
  for (const command of [
    "create",
    "run",
    "start",
    "exec",
    "kill",
    "delete",
    "state",
    "list",
    "ps",
    "update",
    "events",
    "pause",
    "resume",
  ]) {
    t.match(help, new RegExp(`\\b${command}\\b`), `${command} is listed`);
    t.match(must(run([runtime, command, "--help"])).stdout, new RegExp(command), command);
  }
  t.end();
});

for (const id of ["", ".", "..", "a/b", "../x", "a b", "a:b", "ä", "a\nb", "*", "x".repeat(1025)]) {
  t.test(`id ${JSON.stringify(id.slice(0, 20))} is refused`, (t) => {
    const c = container(t);
    c.save();
    const result = c.command(["create", "--bundle", c.bundle, id]);
    t.equal(result.code, 1);
    t.match(result.stderr, /id|ID|name too long/);
    t.strictSame(existsSync(c.stateRoot) ? readdirSync(c.stateRoot) : [], []);
    t.end();
  });
}

t.test("ids that are allowed", (t) => {
  for (const suffix of ["a", "A-b_c.d+e", "0", "x".repeat(100)]) {
    const c = container(t);
    c.save();
    const id = `${suffix}`;
    must(c.command(["create", "--bundle", c.bundle, id]));
    t.match(must(c.command(["state", id])).stdout, /created/, suffix);
    must(c.command(["delete", "--force", id]));
  }
  t.end();
});

t.test("a flag's value may follow it or an equals sign, with one dash or two", (t) => {
  const c = container(t);
  c.save();
  for (const flags of [
    [`--bundle=${c.bundle}`],
    ["--bundle", c.bundle],
    ["-b", c.bundle],
    [`-bundle=${c.bundle}`],
    ["-bundle", c.bundle],
  ]) {
    t.equal(c.command(["create", ...flags, c.id]).code, 0, flags.join(" "));
    must(c.command(["delete", "-f", c.id]));
  }
  t.end();
});

t.test("a state directory with no room", (t) => {
  const c = container(t);
  mkdirSync(c.stateRoot);
  must(run(["mount", "-t", "tmpfs", "-o", "size=16k,nr_inodes=200", "tmpfs", c.stateRoot]));
  t.teardown(() => run(["umount", "-l", c.stateRoot]));
  writeFileSync(join(c.directory, "filler"), "");
  run(["dd", "if=/dev/zero", `of=${c.stateRoot}/full`, "bs=4k", "count=10"]);
  const result = c.create();
  t.equal(result.code, 1);
  t.match(result.stderr, /no space left/i);
  t.equal(c.delete("--force").code, 0);
  t.strictSame(readdirSync(c.stateRoot), ["full"], "nothing is left there");
  t.end();
});

t.test("a state directory that is a file, or may not be made", (t) => {
  const c = container(t);
  writeFileSync(c.stateRoot, "");
  const result = c.create();
  t.equal(result.code, 1);
  t.match(result.stderr, /not a directory/i);
  const readonly = container(t, undefined, {});
  readonly.save();
  t.equal(run([runtime, "--root", "/proc/none", "create", "--bundle", readonly.bundle, readonly.id]).code, 1);
  t.end();
});

t.test(
  "a state file that is broken: the container can be deleted, and list goes on",
  { skip: unless(isRunt, "of runt") },
  (t) => {
    const c = container(t);
    c.startSleeping();
    const other = container(t);
    const file = join(c.stateRoot, "broken");
    writeFileSync(file, "record {\n");
    t.equal(c.command(["state", "broken"]).code, 1);
    const list = c.command(["list"]);
    t.match(list.stdout, new RegExp(c.id));
    t.match(list.stderr, /broken/);
    t.equal(c.command(["delete", "--force", "broken"]).code, 0);
    t.notOk(existsSync(file));
    t.equal(other.status(), "none");
    t.end();
  },
);

t.test("a pid file or log that cannot be written", (t) => {
  const c = container(t);
  t.equal(c.create(["--pid-file", "/no/such/directory/pid"]).code, 1);
  t.equal(c.status(), "none");
  c.save();
  t.not(c.command(["--log", "/no/such/directory/log", "state", "x"]).code, 0);
  t.end();
});

t.test("update with bad resources changes nothing", (t) => {
  const c = container(t);
  c.startSleeping();
  for (const input of ["", "{", "[]", '{"pids":{"limit":"x"}}']) {
    t.equal(c.command(["update", "--resources", "-", c.id], { input }).code, 1, JSON.stringify(input));
  }
  t.equal(c.command(["update", "--memory", "lots", c.id]).code, 1);
  t.equal(c.status(), "running");
  t.end();
});

t.test("exec --process with a bad file", (t) => {
  const c = container(t);
  c.startSleeping();
  const file = join(c.directory, "p.json");
  for (const text of ["", "{", "{}", '{"args":[],"cwd":"/"}', '{"args":["true"],"cwd":"relative"}']) {
    writeFileSync(file, text);
    t.equal(c.command(["exec", "--process", file, c.id]).code, 255, JSON.stringify(text));
  }
  t.equal(c.command(["exec", "--process", "/no/such/file", c.id]).code, 255);
  t.end();
});
