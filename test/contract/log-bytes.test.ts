// SPDX-License-Identifier: Apache-2.0
// @lanes host
/** The JSON log stays JSON: whatever a message has in it, however many write at once, and when a reader is slow or gone. */
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { container, must } from "../lib/container.ts";
import { isRunt, unless } from "../lib/lane.ts";
import { run } from "../lib/run.ts";

const ours = { skip: unless(isRunt, "of runt") };

/** Each line parsed; throws for what is no UTF-8 or no JSON. */
function lines(file: string): { level: string; msg: string }[] {
  const text = new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(file));
  return text
    .split("\n")
    .slice(0, -1)
    .map((line): { level: string; msg: string } => JSON.parse(line));
}

t.test("quotes, newlines, control characters and bytes that are no UTF-8", ours, (t) => {
  const c = container(t);
  const log = join(c.directory, "log");
  const ids = ["a\\nb", 'q"q', "\\\\", "\\001\\033[31m", "\\377\\376", "\\355\\240\\200", "\\360\\237\\230\\200", "t\\td\\177"];
  for (const id of ids) {
    const call = c.argv("--log", log, "--log-format", "json", "state").join(" ");
    const result = run(["bash", "-c", `${call} "$(printf '${id}x')"`]);
    t.equal(result.code, 1, id);
  }
  const found = lines(log);
  t.equal(found.length, ids.length, "one line each");
  for (const { level, msg } of found) {
    t.equal(level, "error");
    t.match(msg, /^invalid container ID format: /);
  }
  t.end();
});

t.test("a long message is one line", ours, (t) => {
  const c = container(t);
  const log = join(c.directory, "log");
  const many = Array.from({ length: 400 }, (_, index) => ({ type: "nosuch", number: index }));
  c.config.linux["devices"] = many;
  c.save();
  const result = c.command(["--log", log, "--log-format", "json", "create", "--bundle", c.bundle, c.id]);
  t.equal(result.code, 1);
  const [entry, ...more] = lines(log);
  t.strictSame(more, []);
  t.equal(result.stderr.startsWith(entry?.msg ?? "none"), true, "and the same on standard error");
  t.end();
});

t.test("of many that write at once none is lost or torn", ours, (t) => {
  const c = container(t);
  const log = join(c.directory, "log");
  const call = c.argv("--log", log, "--log-format", "json", "state").join(" ");
  must(run(["sh", "-c", `for i in 1 2 3 4 5 6 7 8 9 10 11 12; do ${call} missing-$i 2>/dev/null & done; wait`]));
  const ids = lines(log).map(({ msg }) => /missing-\d+/.exec(msg)?.[0]);
  t.equal(new Set(ids).size, 12);
  t.equal(ids.length, 12);
  t.end();
});

t.test("a log that cannot take the message changes nothing about the exit code, and standard error has it", ours, (t) => {
  const c = container(t);
  t.match(c.command(["--log", "/dev/full", "state", "missing"]), { code: 1, stderr: /container does not exist/ });
  t.equal(c.command(["--log", "/dev/full", "exec", "missing", "true"]).code, 255);
  const closed = openSync("/dev/full", "w");
  const result = run(["sh", "-c", `${c.argv("state", "missing").join(" ")} 2>&3`], { extraFds: [closed] });
  closeSync(closed);
  t.equal(result.code, 1);
  t.end();
});
