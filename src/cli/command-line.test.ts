// SPDX-License-Identifier: Apache-2.0
/** The command lines that engines write, against the real description. */
import t, { type Test } from "tap";
import { loadTables } from "../../tools/command-line/tables.ts";
import type { CommandDescription, FlagDescription } from "./describe.ts";
import { helpFlag } from "./flags.ts";
import { commandHelp, programHelp } from "./help.ts";
import { parseWords } from "./parse.ts";
import { countProblem } from "./usage.ts";

const { program } = await loadTables();

interface Read {
  readonly globals: Record<string, unknown>;
  readonly command: string;
  readonly flags: Record<string, unknown>;
  readonly arguments: readonly string[];
}

function given(
  words: readonly string[],
  flags: readonly FlagDescription[],
  stopEarly: boolean,
): [Record<string, unknown>, string[]] {
  const parsed = parseWords(words, { flags, stopEarly });
  const entries = flags
    .filter(({ name }) => parsed.flags.has(name))
    .map(({ name, type }): [string, unknown] => [name, type === "list" ? parsed.flags.list(name) : parsed.flags[type](name)]);
  return [Object.fromEntries(entries), [...parsed.arguments]];
}

/** As main does it. */
function read(line: string): Read {
  const [globals, [name = "", ...words]] = given(
    line.split(" ").filter((word) => word !== ""),
    program.globalFlags,
    true,
  );
  const command = program.commands.find((candidate) => candidate.name === name);
  if (command === undefined) throw new Error(`no command ${name}`);
  const [flags, rest] = given(words, [...command.flags, helpFlag], command.stopEarly === true);
  t.equal(countProblem(command, rest.length), undefined, line);
  return { globals, command: name, flags, arguments: rest };
}

const containerd = "--root /run/containerd/runc/k8s.io --log /b/log.json --log-format json --systemd-cgroup";
const containerdGlobals = {
  root: "/run/containerd/runc/k8s.io",
  log: "/b/log.json",
  "log-format": "json",
  "systemd-cgroup": true,
};

const lines: readonly [string, Read][] = [
  [
    `${containerd} create --bundle /b --pid-file /b/init.pid --console-socket /t/pty.sock --no-pivot --no-new-keyring ID`,
    {
      globals: containerdGlobals,
      command: "create",
      flags: {
        bundle: "/b",
        "pid-file": "/b/init.pid",
        "console-socket": "/t/pty.sock",
        "no-pivot": true,
        "no-new-keyring": true,
      },
      arguments: ["ID"],
    },
  ],
  [
    `${containerd} exec --process /tmp/p --console-socket /t/s --detach --pid-file /b/e.pid ID`,
    {
      globals: containerdGlobals,
      command: "exec",
      flags: { process: "/tmp/p", "console-socket": "/t/s", detach: true, "pid-file": "/b/e.pid" },
      arguments: ["ID"],
    },
  ],
  [
    `${containerd} kill --all ID 9`,
    { globals: containerdGlobals, command: "kill", flags: { all: true }, arguments: ["ID", "9"] },
  ],
  [
    `${containerd} delete --force ID`,
    { globals: containerdGlobals, command: "delete", flags: { force: true }, arguments: ["ID"] },
  ],
  [
    `${containerd} ps --format json ID`,
    { globals: containerdGlobals, command: "ps", flags: { format: "json" }, arguments: ["ID"] },
  ],
  [
    `${containerd} update --resources - ID`,
    { globals: containerdGlobals, command: "update", flags: { resources: "-" }, arguments: ["ID"] },
  ],
  [
    `${containerd} events --interval=5s ID`,
    { globals: containerdGlobals, command: "events", flags: { interval: "5s" }, arguments: ["ID"] },
  ],
  // conmon
  [
    "--systemd-cgroup --root=/run/r create --bundle /b --pid-file /p --no-pivot --console-socket /s ID",
    {
      globals: { "systemd-cgroup": true, root: "/run/r" },
      command: "create",
      flags: { bundle: "/b", "pid-file": "/p", "no-pivot": true, "console-socket": "/s" },
      arguments: ["ID"],
    },
  ],
  [
    "exec --pid-file /p --process /f --detach ID",
    { globals: {}, command: "exec", flags: { "pid-file": "/p", process: "/f", detach: true }, arguments: ["ID"] },
  ],
  [
    "exec -d --console-socket=/s --tty --pid-file=/p ID sh -c x --tty=false",
    {
      globals: {},
      command: "exec",
      flags: { detach: true, "console-socket": "/s", tty: true, "pid-file": "/p" },
      arguments: ["ID", "sh", "-c", "x", "--tty=false"],
    },
  ],
  // Podman
  [
    "--cgroup-manager disabled --log-format=json --log /l --rootless=true start ID",
    {
      globals: { "cgroup-manager": "disabled", "log-format": "json", log: "/l", rootless: "true" },
      command: "start",
      flags: {},
      arguments: ["ID"],
    },
  ],
  // go-runc
  [
    "run -no-subreaper --keep --pidfd-socket /s --detach ID",
    {
      globals: {},
      command: "run",
      flags: { "no-subreaper": true, keep: true, "pidfd-socket": "/s", detach: true },
      arguments: ["ID"],
    },
  ],
  ["list --format=json", { globals: {}, command: "list", flags: { format: "json" }, arguments: [] }],
  // youki's letters
  [
    "-r /x -s create -b /b -c /s -p /p ID",
    {
      globals: { root: "/x", "systemd-cgroup": true },
      command: "create",
      flags: { bundle: "/b", "console-socket": "/s", "pid-file": "/p" },
      arguments: ["ID"],
    },
  ],
  // people
  [
    "exec -u 1000:1000 -g 7 -g 8 -e A=1 -e B=2,3 -c CAP_KILL --cgroup cpu,cpuacct:sub --cwd / ID ls -l",
    {
      globals: {},
      command: "exec",
      flags: {
        user: "1000:1000",
        "additional-gids": ["7", "8"],
        env: ["A=1", "B=2,3"],
        cap: ["CAP_KILL"],
        cgroup: ["cpu,cpuacct:sub"],
        cwd: "/",
      },
      arguments: ["ID", "ls", "-l"],
    },
  ],
  ["ps ID -o pid,comm", { globals: {}, command: "ps", flags: {}, arguments: ["ID", "-o", "pid,comm"] }],
  ["delete -f -r ^x", { globals: {}, command: "delete", flags: { force: true, regex: true }, arguments: ["^x"] }],
];

for (const [line, expected] of lines) {
  t.test(`command line: ${line}`, async (t) => {
    t.strictSame(read(line), expected);
  });
}

/** Each flag has one meaning in a command, and what is written about it keeps to the habits of this project. */
function checkFlags(t: Test, where: string, flags: readonly FlagDescription[]): void {
  const names = flags.flatMap(({ name, short = "" }) => [name, ...short]);
  t.strictSame(names, [...new Set(names)], `${where}: no name twice`);
  for (const { name, type, value, values, help, default: fallback } of flags) {
    t.match(help, /^\S.*[^.]$/, `${where} --${name}: help without a full stop`);
    t.equal(value === undefined, type === "boolean", `${where} --${name}: a name for the value, of flags that take one`);
    if (values !== undefined && fallback !== undefined)
      t.ok(values.includes(fallback), `${where} --${name}: the default is a value`);
  }
}

t.test("the description is whole", async (t) => {
  checkFlags(t, "global", program.globalFlags);
  for (const command of program.commands) {
    checkFlags(t, command.name, [...command.flags, helpFlag]);
    t.match(command.summary, /^[a-z].{5,62}[^.]$/, `${command.name}: a summary that fits on a line`);
    const order = command.parameters.map(({ optional }) => optional === true);
    t.strictSame(order, [...order].sort(), `${command.name}: what is needed comes first`);
    t.notOk(
      command.parameters.slice(0, -1).some(({ many }) => many),
      `${command.name}: only the last takes all that is left`,
    );
  }
});

t.test("every help text names every flag, on lines that fit a terminal", async (t) => {
  const whole = programHelp(program);
  for (const command of program.commands) {
    t.match(whole, `   ${command.name} `, `${command.name} is listed`);
    const text = commandHelp(command);
    for (const { name } of command.flags) t.match(text, `--${name}`, `${command.name} --${name}`);
    t.strictSame(longLines(text), [], `${command.name}: lines`);
  }
  t.strictSame(longLines(whole), []);
});

function longLines(text: string): string[] {
  return text.split("\n").filter((line) => line.length > 132);
}

t.test("examples can be parsed", async (t) => {
  for (const command of program.commands) {
    for (const { words } of command.examples ?? []) {
      const line = words.replace(/ [|<>] .*| \|.*/, "").replaceAll("'", "");
      t.equal(read(line).command, command.name, words);
    }
  }
});

t.test("commands are what engines call", async (t) => {
  const names = program.commands.map(({ name }: CommandDescription) => name);
  for (const name of [
    "create",
    "start",
    "run",
    "exec",
    "state",
    "list",
    "kill",
    "delete",
    "pause",
    "resume",
    "ps",
    "events",
    "update",
  ])
    t.ok(names.includes(name), name);
});
