// SPDX-License-Identifier: Apache-2.0
// @lanes host
/** Command lines that cannot be obeyed: what is said, where, and the exit code, which is that of the runc beside us where there is one. */
import { join } from "node:path";
import t from "tap";
import { container, must } from "../lib/container.ts";
import { findProgram, isRunt, runtime, temporary, unless } from "../lib/lane.ts";
import { run } from "../lib/run.ts";

const ours = { skip: unless(isRunt, "wording of runt") };
const runc = findProgram("runc");

interface Mistake {
  readonly args: readonly string[];
  readonly code: number;
  /** On standard error. */
  readonly says: RegExp;
  /** Whether the usage is on standard output. */
  readonly usage?: boolean;
  /** Why the code is not that of runc 1.1. */
  readonly unlikeRunc?: string;
}

const newer = "runc 1.1 has no such flag";
const mistakes: readonly Mistake[] = [
  { args: ["nosuchcommand"], code: 3, says: /no command "nosuchcommand"/ },
  { args: ["help", "nosuchcommand"], code: 3, says: /no command "nosuchcommand"/ },
  { args: ["crate"], code: 3, says: /did you mean "runt create"\?/ },
  { args: ["--nosuch", "list"], code: 1, says: /flag provided but not defined: -nosuch/, usage: true },
  { args: ["-z", "list"], code: 1, says: /flag provided but not defined: -z/, usage: true },
  { args: ["--log"], code: 1, says: /flag needs an argument: -log/, usage: true },
  { args: ["--debug=perhaps", "list"], code: 1, says: /invalid boolean value "perhaps" for flag -debug/, usage: true },
  { args: ["--log-format", "yaml", "list"], code: 1, says: /yaml/, usage: true },
  { args: ["--log-level", "loud", "list"], code: 1, says: /"loud"/, usage: true, unlikeRunc: newer },
  { args: ["--root", "/", "list"], code: 1, says: /--root "\/"/, unlikeRunc: "runc 1.1 lists the directories of the host" },
  { args: ["state"], code: 1, says: /"state" requires exactly 1 argument/, usage: true },
  { args: ["state", "a", "b"], code: 1, says: /"state" requires exactly 1 argument/, usage: true },
  { args: ["start"], code: 1, says: /"start" requires exactly 1 argument/, usage: true },
  { args: ["create"], code: 1, says: /"create" requires exactly 1 argument/, usage: true },
  { args: ["create", "--nosuch", "x"], code: 1, says: /flag provided but not defined: -nosuch/, usage: true },
  { args: ["create", "--bundel", "/", "x"], code: 1, says: /not defined: -bundel\nhint: did you mean --bundle\?/, usage: true },
  { args: ["create", "--bundle"], code: 1, says: /flag needs an argument: -bundle/, usage: true },
  { args: ["create", "--preserve-fds", "x", "y"], code: 1, says: /invalid value "x" for flag -preserve-fds/, usage: true },
  { args: ["run"], code: 1, says: /"run" requires exactly 1 argument/, usage: true },
  { args: ["run", "--detach=yes", "x"], code: 1, says: /invalid boolean value "yes" for flag -detach/, usage: true },
  { args: ["kill"], code: 1, says: /"kill" requires a minimum of 1 argument/, usage: true },
  { args: ["kill", "a", "9", "b"], code: 1, says: /"kill" requires a maximum of 2 argument/, usage: true },
  { args: ["kill", "-9", "a"], code: 1, says: /flag provided but not defined: -9/, usage: true },
  { args: ["delete"], code: 1, says: /"delete" requires exactly 1 argument/, usage: true },
  { args: ["delete", "--fore", "a"], code: 1, says: /did you mean --force\?/, usage: true },
  { args: ["exec"], code: 1, says: /"exec" requires a minimum of 1 argument/, usage: true },
  { args: ["exec", "--"], code: 1, says: /"exec" requires a minimum of 1 argument/, usage: true },
  { args: ["exec", "--nosuch", "a", "b"], code: 1, says: /^flag provided but not defined: -nosuch/, usage: true },
  { args: ["exec", "-e"], code: 1, says: /flag needs an argument: -env/, usage: true },
  { args: ["exec", "a"], code: 255, says: /^exec failed: process args cannot be empty/ },
  { args: ["exec", "a", "b"], code: 255, says: /^exec failed: .*container does not exist/ },
  { args: ["list", "a"], code: 1, says: /"list" requires exactly 0 argument/, usage: true },
  { args: ["list", "--format", "xml"], code: 1, says: /"xml"/, usage: true },
  { args: ["ps"], code: 1, says: /"ps" requires a minimum of 1 argument/, usage: true },
  { args: ["ps", "--format", "xml", "a"], code: 1, says: /"xml"/, usage: true },
  { args: ["pause"], code: 1, says: /"pause" requires exactly 1 argument/, usage: true },
  { args: ["resume", "a", "b"], code: 1, says: /"resume" requires exactly 1 argument/, usage: true },
  { args: ["events"], code: 1, says: /"events" requires a minimum of 1 argument/, usage: true },
  { args: ["events", "--interval", "soon", "a"], code: 1, says: /"soon" for --interval/ },
  { args: ["update"], code: 1, says: /"update" requires exactly 1 argument/, usage: true },
  { args: ["update", "--memory"], code: 1, says: /flag needs an argument: -memory/, usage: true },
  { args: ["spec", "x"], code: 1, says: /"spec" requires exactly 0 argument/, usage: true },
  { args: ["features", "x"], code: 1, says: /"features" requires exactly 0 argument/, usage: true },
  { args: ["checkpoint"], code: 1, says: /"checkpoint" requires exactly 1 argument/, usage: true },
  { args: ["restore"], code: 1, says: /"restore" requires exactly 1 argument/, usage: true },
  { args: ["restore", "--lsm-mount-context"], code: 1, says: /flag needs an argument: -lsm-mount-context/, usage: true },
  { args: ["mounts", "add", "a"], code: 1, says: /"mounts" requires exactly 3 argument/, usage: true, unlikeRunc: newer },
  { args: ["mounts", "move", "a", "-"], code: 1, says: /no action "move"/, unlikeRunc: newer },
  { args: ["validate", "a", "b"], code: 1, says: /"validate" requires a maximum of 1 argument/, usage: true, unlikeRunc: newer },
  { args: ["completion", "csh"], code: 1, says: /no completion for shell "csh"/, unlikeRunc: newer },
];

for (const { args, code, says, usage = false, unlikeRunc } of mistakes) {
  t.test(`${args.join(" ")} ends with ${code}`, ours, (t) => {
    const argv = args[0]?.startsWith("-") === true ? args : ["--root", join(temporary, "none"), ...args];
    const result = run([runtime, ...argv]);
    t.equal(result.code, code);
    t.match(result.stderr, says);
    t.equal(/^Incorrect Usage\.[^]*\nUSAGE:\n/.test(result.stdout), usage, "the usage on standard output");
    if (runc !== undefined && unlikeRunc === undefined) t.equal(run([runc, ...argv]).code, code, "as runc");
    t.end();
  });
}

/** Each command with the fewest words that it takes. */
const wholeCommands: readonly { readonly words: readonly string[]; readonly unlikeRunc?: string }[] = [
  { words: ["create", "x"] },
  { words: ["run", "x"] },
  { words: ["start", "x"] },
  { words: ["state", "x"] },
  { words: ["kill", "x"] },
  { words: ["delete", "x"] },
  { words: ["exec", "x", "true"] },
  { words: ["list"] },
  { words: ["ps", "x"] },
  { words: ["pause", "x"] },
  { words: ["resume", "x"] },
  { words: ["events", "x"] },
  { words: ["update", "x"] },
  { words: ["spec"] },
  { words: ["features"] },
  { words: ["checkpoint", "x"] },
  { words: ["restore", "x"] },
  { words: ["mounts", "add", "x", "-"], unlikeRunc: newer },
  { words: ["validate"], unlikeRunc: newer },
  { words: ["doctor"], unlikeRunc: newer },
  { words: ["completion", "bash"], unlikeRunc: newer },
];

for (const { words, unlikeRunc } of wholeCommands) {
  t.test(`${words.join(" ")}: a flag that is none, and what a flag does not take`, ours, (t) => {
    const [command = "", ...rest] = words;
    const none = join(temporary, "none");
    for (const flag of ["--nosuch", "-nosuch", "--nosuch=1", "-?"]) {
      const argv = ["--root", none, command, flag, ...rest];
      const result = run([runtime, ...argv]);
      t.equal(result.code, 1, flag);
      t.match(result.stderr, /flag provided but not defined: -(nosuch|\?)/, flag);
      t.match(result.stdout, /^Incorrect Usage\.[^]*\nUSAGE:\n/, flag);
      if (runc !== undefined && unlikeRunc === undefined) t.equal(run([runc, ...argv]).code, 1, `${flag}, as runc`);
    }
    const help = run([runtime, "--root", none, command, "--help=maybe", ...rest]);
    t.match(help, { code: 1, stderr: /invalid boolean value "maybe" for flag -help|invalid boolean value "maybe" for -help/ });
    t.end();
  });
}

t.test("a wrong command line is told in the log too", ours, (t) => {
  const c = container(t);
  const log = `${c.directory}/log`;
  t.equal(c.command(["--log", log, "--log-format", "json", "state"]).code, 1);
  const entry = JSON.parse(must(run(["cat", log])).stdout);
  t.match(entry, { level: "error", msg: /"state" requires/, code: "arguments-invalid", hint: "usage: runt state CONTAINER" });
  t.end();
});

/** Words that mean the same; the first is the plainest. */
const spellings: readonly (readonly (readonly string[])[])[] = [
  [
    ["list", "--quiet"],
    ["list", "-q"],
    ["list", "-quiet"],
    ["list", "--quiet=true"],
    ["list", "-q=1"],
    ["list", "--quiet", "--"],
    ["--", "list", "-q"],
    ["list", "--format", "table", "-q"],
    ["list", "-q", "-f=json"],
  ],
  [
    ["list", "--format", "json"],
    ["list", "--format=json"],
    ["list", "-f", "json"],
    ["list", "-f=json"],
    ["list", "-format", "json"],
    ["list", "-f", "table", "-f", "json"],
    ["list", "-q=false", "-f", "json"],
  ],
];
for (const [plain = [], ...others] of spellings) {
  t.test(`other spellings of ${plain.join(" ")}`, (t) => {
    const c = container(t);
    must(c.create());
    const expected = must(c.command(plain)).stdout;
    t.not(expected, "");
    for (const words of others) t.equal(must(c.command(words)).stdout, expected, words.join(" "));
    t.end();
  });
}

t.test("flags may follow the id where nothing else begins there", (t) => {
  const c = container(t, (config) => (config.process.args = ["sleep", "100"]));
  c.save();
  must(c.command(["create", c.id, "--bundle", c.bundle, "--pid-file", `${c.directory}/pid`]));
  t.equal(must(c.command(["state", c.id, "--"])).stdout, must(c.command(["state", "--", c.id])).stdout);
  must(c.command(["start", c.id]));
  t.equal(c.command(["exec", c.id, "--", "true"]).code, 255, "after exec's id a command begins");
  t.equal(must(c.command(["exec", "--", c.id, "echo", "--help"])).stdout, "--help\n");
  must(c.command(["delete", c.id, "--force"]));
  t.equal(c.status(), "none");
  t.end();
});

t.test("--version, -v and -V print the same; --help and -h, too, before and after the command", ours, (t) => {
  const version = must(run([runtime, "--version"])).stdout;
  for (const words of [["-v"], ["-V"], ["version"], ["--version", "list"], ["--debug", "-v"]])
    t.equal(must(run([runtime, ...words])).stdout, version, words.join(" "));
  const help = must(run([runtime, "--help"])).stdout;
  for (const words of [["-h"], ["help"], []]) t.equal(must(run([runtime, ...words])).stdout, help, words.join(" "));
  const state = must(run([runtime, "state", "--help"])).stdout;
  for (const words of [
    ["state", "-h"],
    ["help", "state"],
    ["state", "some", "-h"],
    ["--help", "state"],
  ])
    t.equal(must(run([runtime, ...words])).stdout, state, words.join(" "));
  t.equal(run([runtime, "list", "--version"]).code, 1);
  t.end();
});

t.test("engines ask for the help of checkpoint", (t) => {
  t.match(must(run([runtime, "checkpoint", "--help"])).stdout, /--pre-dump/);
  t.end();
});
