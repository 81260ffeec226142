// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import type { FlagDescription } from "./describe.ts";
import { parseWords, UsageError } from "./parse.ts";

const flags: readonly FlagDescription[] = [
  { name: "bundle", short: "b", type: "string", default: ".", help: "" },
  { name: "detach", short: "d", type: "boolean", help: "" },
  { name: "tty", short: "t", type: "boolean", help: "" },
  { name: "no-subreaper", type: "boolean", help: "" },
  { name: "cgroup", type: "list", help: "" },
  { name: "preserve-fds", type: "count", help: "" },
  { name: "format", short: "fF", type: "string", values: ["table", "json"], default: "table", help: "" },
];

function parse(words: string[], stopEarly = false): { flags: Record<string, unknown>; rest: readonly string[] } {
  const parsed = parseWords(words, { flags, stopEarly });
  const given = flags.filter(({ name }) => parsed.flags.has(name) || parsed.flags.list(name).length > 0);
  const value = ({ name, type }: FlagDescription): unknown => {
    if (type === "list") return parsed.flags.list(name);
    return parsed.flags[type](name);
  };
  return { flags: Object.fromEntries(given.map((flag) => [flag.name, value(flag)])), rest: parsed.arguments };
}

t.test("parseWords() takes every spelling of a flag", async (t) => {
  const cases: [string[], Record<string, unknown>, string[]][] = [
    [["--bundle", "/x", "id"], { bundle: "/x" }, ["id"]],
    [["--bundle=/x", "id"], { bundle: "/x" }, ["id"]],
    [["-bundle", "/x", "id"], { bundle: "/x" }, ["id"]],
    [["-bundle=/x", "id"], { bundle: "/x" }, ["id"]],
    [["-b", "/x", "id"], { bundle: "/x" }, ["id"]],
    [["-b=/x", "id"], { bundle: "/x" }, ["id"]],
    [["-b/x", "id"], { bundle: "/x" }, ["id"]],
    [["--bundle", "--detach"], { bundle: "--detach" }, []],
    [["--bundle", "a=b\nc"], { bundle: "a=b\nc" }, []],
    [["-no-subreaper", "id"], { "no-subreaper": true }, ["id"]],
    [["--no-subreaper=false", "id"], { "no-subreaper": false }, ["id"]],
    [["--detach=true"], { detach: true }, []],
    [["--detach=T", "-t=0"], { detach: true, tty: false }, []],
    [["-d", "-t=false"], { detach: true, tty: false }, []],
    [["-dt"], { detach: true, tty: true }, []],
    [["--detach", "false"], { detach: true }, ["false"]],
    [["-F", "json"], { format: "json" }, []],
    [["--preserve-fds", "3"], { "preserve-fds": 3 }, []],
  ];
  for (const [words, expected, rest] of cases) t.strictSame(parse(words), { flags: expected, rest }, words.join(" "));
});

t.test("parseWords() keeps arguments as they are", async (t) => {
  const cases: [string[], string[]][] = [
    [
      ["id", "9"],
      ["id", "9"],
    ],
    [
      ["0x10", "1e3", "-", ""],
      ["0x10", "1e3", "-", ""],
    ],
    [
      ["--", "--bundle", "-x"],
      ["--bundle", "-x"],
    ],
    [
      ["id", "--", "a"],
      ["id", "a"],
    ],
    [
      ["__proto__", "constructor"],
      ["__proto__", "constructor"],
    ],
  ];
  for (const [words, rest] of cases) t.strictSame(parse(words).rest, rest, words.join(" "));
});

t.test("parseWords() ends at the first argument where it must", async (t) => {
  t.strictSame(parse(["-d", "id", "ls", "-l", "--bundle"], true), {
    flags: { detach: true },
    rest: ["id", "ls", "-l", "--bundle"],
  });
  t.strictSame(parse(["id", "--", "x"], true).rest, ["id", "--", "x"]);
  t.strictSame(parse(["-d", "id", "--bundle", "/x"], false), { flags: { detach: true, bundle: "/x" }, rest: ["id"] });
});

t.test("parseWords() does not split lists, and lets the last of others win", async (t) => {
  const parsed = parse(["--cgroup", "cpu,cpuacct:sub", "--cgroup=memory:x", "--bundle", "a", "--bundle", "b", "-d", "-d=false"]);
  t.strictSame(parsed.flags, { cgroup: ["cpu,cpuacct:sub", "memory:x"], bundle: "b", detach: false });
});

t.test("parseWords() falls back to the default, for an empty value too", async (t) => {
  for (const words of [[], ["--bundle", ""], ["--bundle="]]) {
    const parsed = parseWords(words, { flags, stopEarly: false });
    t.equal(parsed.flags.string("bundle"), ".");
    t.equal(parsed.flags.has("bundle"), false);
    t.equal(parsed.flags.boolean("detach"), undefined);
    t.equal(parsed.flags.count("preserve-fds"), 0);
    t.strictSame(parsed.flags.list("cgroup"), []);
  }
});

t.test("parseWords() refuses what it does not know", async (t) => {
  const cases: [string[], string, string | undefined][] = [
    [["--buundle", "x"], "flag provided but not defined: -buundle", "did you mean --bundle?"],
    [["--zzzzzzzz"], "flag provided but not defined: -zzzzzzzz", undefined],
    [["-z"], "flag provided but not defined: -z", undefined],
    [["-dz"], "flag provided but not defined: -dz", undefined],
    [["--z=1"], "flag provided but not defined: -z", undefined],
    [["--__proto__=1"], "flag provided but not defined: -__proto__", undefined],
    [["--bundle"], "flag needs an argument: -bundle VALUE", undefined],
    [["--detach=maybe"], 'invalid boolean value "maybe" for flag -detach: it is "true" or "false"', undefined],
    [["--preserve-fds", "-1"], 'invalid value "-1" for flag -preserve-fds: it is a number, 0 or more', undefined],
    [["--preserve-fds", "3x"], 'invalid value "3x" for flag -preserve-fds: it is a number, 0 or more', undefined],
    [["--format", "jsn"], 'invalid value "jsn" for flag -format: it is "table" or "json"', 'did you mean "json"?'],
  ];
  for (const [words, message, hint] of cases) {
    try {
      parse(words);
      t.fail(words.join(" "));
    } catch (error) {
      t.ok(error instanceof UsageError);
      t.match(error, { message, code: "arguments-invalid" }, words.join(" "));
      t.equal(error instanceof UsageError ? error.hint : "", hint);
    }
  }
});
