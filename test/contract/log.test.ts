// SPDX-License-Identifier: Apache-2.0
// @lanes host
/** Where messages go and in what form: what shims and conmon read after a failure. */
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import type { Test } from "tap";
import { container, must } from "../lib/container.ts";
import type { Container } from "../lib/container.ts";
import { agent, isRunt, runtime, unless } from "../lib/lane.ts";
import { Background, eventually, run } from "../lib/run.ts";

const ours = { skip: unless(isRunt, "of runt") };

interface Entry {
  readonly level: string;
  readonly msg: string;
  readonly time: string;
  readonly code?: string;
  readonly hint?: string;
}

const entries = (file: string): Entry[] =>
  readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line): Entry => JSON.parse(line));

const logging = (c: Container, ...args: string[]): string[] => [
  "--log",
  join(c.directory, "log"),
  "--log-format",
  "json",
  ...args,
];

t.test("the whole file is JSON, one object a failure, over several commands", (t) => {
  const c = container(t, (config) => (config.process.args = ["nosuch"]));
  c.save();
  c.command(logging(c, "create", "--bundle", c.bundle, c.id));
  c.command(logging(c, "state", c.id));
  c.command(logging(c, "delete", "--force", c.id));
  c.command(logging(c, "kill", c.id, "9"));
  const found = entries(join(c.directory, "log")).filter(({ level }) => level === "error");
  t.equal(found.length, 3);
  for (const entry of found) {
    t.strictSame(Object.keys(entry).slice(0, 3), ["level", "msg", "time"]);
    t.match(entry.time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/);
  }
  t.match(found[0]?.msg, /executable file not found in \$PATH/);
  t.match(found[1]?.msg, /container does not exist/);
  t.end();
});

t.test("a failure is one object: what Podman parses the whole file as", ours, (t) => {
  const c = container(t, (config) => {
    config.process.args = ["nosuch"];
    config["notInTheSpec"] = true;
    config.process.capabilities = { bounding: ["CAP_NOSUCH"] };
  });
  c.save();
  const result = c.command(logging(c, "create", "--bundle", c.bundle, c.id));
  const entry: Entry = JSON.parse(readFileSync(join(c.directory, "log"), "utf8"));
  t.match(entry, { level: "error", msg: /^runt create failed: /, code: "exec-failed" });
  t.equal(result.stderr, `${entry.msg}\n`, "and the same on standard error, in plain words");
  t.end();
});

t.test("code and hint are beside the message, and the hint is on standard error on a line of its own", ours, (t) => {
  const c = container(t);
  const result = c.command(logging(c, "state", "missing"));
  const [entry] = entries(join(c.directory, "log"));
  t.match(entry, { code: "container-not-found", hint: /runt list/ });
  t.equal(result.stderr, `${entry?.msg}\nhint: ${entry?.hint}\n`);
  t.end();
});

t.test("without --log a failure is on standard error: in plain words, or as JSON where JSON is asked for", ours, (t) => {
  const c = container(t);
  t.match(c.command(["state", "missing"]).stderr, /^container "missing": container does not exist\nhint: /);
  const entry: Entry = JSON.parse(c.command(["--log-format", "json", "state", "missing"]).stderr);
  t.match(entry, { level: "error", msg: /container does not exist/, code: "container-not-found" });
  t.end();
});

t.test("the file is made with 0644, appended to, and never cut; file: may stand before its name", ours, (t) => {
  const c = container(t);
  const file = join(c.directory, "log");
  for (const name of [file, `file:${file}`]) c.command(["--log", name, "state", "missing"]);
  t.equal(statSync(file).mode & 0o777, 0o644);
  const text = readFileSync(file, "utf8");
  t.match(text, /^(time="[^"]+" level=error msg="container \\"missing\\": container does not exist" code="[^\n]*\n){2}$/);
  writeFileSync(file, "kept\n");
  c.command(["--log", file, "state", "missing"]);
  t.match(readFileSync(file, "utf8"), /^kept\ntime=/);
  t.end();
});

t.test("a file that cannot be written ends the command before it does anything", (t) => {
  const c = container(t);
  c.save();
  for (const [file, message] of [
    ["/no/such/directory/log", /no such file or directory/],
    [c.directory, /is a directory/],
  ] as const) {
    t.match(c.command(["--log", file, "create", "--bundle", c.bundle, c.id]), { code: 1, stderr: message });
    t.equal(c.status(), "none");
  }
  t.equal(c.command(["--log", "/dev/null", "features"]).code, 0);
  t.end();
});

t.test("nothing is written for a success unless it is asked for", ours, (t) => {
  const c = container(t, (config) => (config.process.capabilities = { bounding: ["CAP_NOSUCH"] }));
  const log = join(c.directory, "log");
  const through = (...global: string[]): string => {
    c.save();
    t.equal(must(c.command([...global, "run", "--bundle", c.bundle, c.id])).stderr, "");
    const text = existsSync(log) ? readFileSync(log, "utf8") : "";
    writeFileSync(log, "");
    return text;
  };
  t.equal(through("--log", log), "");
  t.match(through("--log", log, "--log-level", "warning"), /^time="\S+" level=warning msg="[^\n]*CAP_NOSUCH[^\n]*\n$/);
  t.match(through("--log", log, "--debug"), /level=warning[^]*level=debug/);
  t.match(through("--log", log, "--log-level", "error", "--debug"), /level=debug/, "--debug is more");
  for (const line of through("--log", log, "--debug", "--log-format", "json").trim().split("\n")) JSON.parse(line);
  t.end();
});

t.test("state, list and features have nothing on standard error: engines read both as one", (t) => {
  const c = container(t, (config) => (config.process.args = ["sleep", "100"]));
  must(c.create());
  for (const args of [["state", c.id], ["list", "--format", "json"], ["features"], ["ps", "--format", "json", c.id]]) {
    const result = must(c.command(args));
    t.equal(result.stderr, "", args.join(" "));
    JSON.parse(result.stdout);
  }
  t.end();
});

/** Takes one datagram at `path` and prints it. */
async function daemon(t: Test, path: string): Promise<Background> {
  mkdirSync(join(path, ".."), { recursive: true });
  const background = new Background([agent, "receive-datagram", path]);
  t.teardown(() => background.dispose());
  t.ok(await eventually(() => background.stdout.includes("listening")));
  return background;
}

t.test("--log journald:NAME speaks the protocol of the journal", ours, async (t) => {
  const journal = await daemon(t, "/run/systemd/journal/socket");
  t.equal(run([runtime, "--log", "journald:web1", "state", "missing"]).code, 1);
  const { stdout } = await journal.end();
  t.match(stdout, /^PRIORITY=3$/m);
  t.match(stdout, /^ID=web1$/m);
  t.match(stdout, /^MESSAGE=container "missing": container does not exist$/m);
  t.match(stdout, /^RUNT_CODE=container-not-found$/m);
});

t.test("--log syslog:NAME speaks the protocol of /dev/log", ours, async (t) => {
  const c = container(t);
  const dev = join(c.directory, "dev");
  const syslog = await daemon(t, join(dev, "log"));
  const there = ["unshare", "--mount", "sh", "-c", `mount --bind ${dev} /dev && exec "$@"`, "sh"];
  const failed = run([...there, ...c.argv("--log", "syslog:web1", "state", "missing")]);
  t.match(failed, { code: 1, stderr: /^container "missing": container does not exist\n/ });
  const { stdout } = await syslog.end();
  t.match(stdout, /<11>web1\[\d+\]: container "missing": container does not exist code="container-not-found"/);
});

t.test("--systemd-log sends to the journal beside the file", ours, async (t) => {
  const c = container(t);
  const journal = await daemon(t, "/run/systemd/journal/socket");
  t.equal(c.command(["--systemd-log", ...logging(c, "state", "missing")]).code, 1);
  t.match((await journal.end()).stdout, /^MESSAGE=container "missing"/m);
  t.equal(entries(join(c.directory, "log")).length, 1);
});

t.test("a journal or syslog that is not there holds nothing up", ours, (t) => {
  const c = container(t);
  for (const log of ["journald:x", "journald:", "syslog:x"]) {
    t.equal(must(c.command(["--log", log, "features"])).stderr, "", log);
    const failed = c.command(["--log", log, "state", "missing"]);
    t.match(failed, { code: 1, stderr: /^container "missing": container does not exist\nhint: [^\n]*\n$/ }, log);
  }
  t.end();
});
