// SPDX-License-Identifier: Apache-2.0
// @lanes host
/** glossary.md, "JSON": no object has a name twice, in what is read and in what is printed. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { container, must, recordText } from "../lib/container.ts";
import { isRunt, unless } from "../lib/lane.ts";

t.test("a name twice in an object of config.json is refused", { skip: unless(isRunt, "the reference takes the last") }, (t) => {
  const c = container(t);
  c.save();
  const path = join(c.bundle, "config.json");
  const good = readFileSync(path, "utf8");
  const twice: readonly (readonly [string, string])[] = [
    ['"root": {', '"root": { "path": "elsewhere",'],
    ['"process": {', '"process": {}, "process": {'],
    ['"process": {', '"annotations": { "a": "1", "b": "2", "\\u0061": "1" }, "process": {'],
  ];
  for (const [from, to] of twice) {
    t.ok(good.includes(from));
    writeFileSync(path, good.replace(from, to));
    const result = c.command(["create", "--bundle", c.bundle, c.id]);
    t.equal(result.code, 1, to);
    t.match(result.stderr, /config\.json is not valid JSON: line \d+, column \d+: the object has "\w+" twice/);
    t.notOk(existsSync(join(c.stateRoot, c.id)), "and nothing is made");
  }
  t.end();
});

/** How many names the objects of a parsed document have. */
function nameCount(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  const names = Array.isArray(value) ? 0 : Object.keys(value).length;
  return Object.values(value).reduce((count: number, member) => count + nameCount(member), names);
}

t.test("no object that is printed has a name twice", { skip: unless(isRunt, "for runt alone") }, (t) => {
  const c = container(t, (config) => (config.annotations = { one: "1", two: '"one": "1"' }));
  c.startSleeping();
  const config = join(c.directory, "spec.json");
  must(c.command(["spec", "--file", config]));
  const texts = {
    state: must(c.command(["state", c.id])).stdout,
    list: must(c.command(["list", "--format", "json"])).stdout,
    ps: must(c.command(["ps", "--format", "json", c.id])).stdout,
    events: must(c.command(["events", "--stats", c.id])).stdout,
    features: must(c.command(["features"])).stdout,
    spec: readFileSync(config, "utf8"),
    record: recordText(c),
  };
  for (const [name, text] of Object.entries(texts)) {
    const written = [...text.matchAll(/"(?:[^"\\]|\\.)*"\s*(:?)/g)].filter((match) => match[1] === ":").length;
    t.equal(written, nameCount(JSON.parse(text)), name);
    if (name !== "ps") t.ok(written > 3, `${name} has names`);
  }
  t.end();
});
