// SPDX-License-Identifier: Apache-2.0
/**
 * Every flag of every command that runc, crun or youki have, as a table: what a script was written for must not fail here. Flags that
 * are runt's own are not in it.
 */
import t from "tap";
import { loadTables } from "../../tools/command-line/tables.ts";
import type { FlagDescription } from "./describe.ts";
import { findCommand } from "./lookup.ts";
import { parseWords } from "./parse.ts";

const { program } = await loadTables();

/** `name`, or `name|letters`, of what takes a value and what does not. */
const flags: Readonly<Record<string, { readonly value?: string; readonly boolean?: string }>> = {
  "": {
    value: "root|r log log-format log-level cgroup-manager rootless",
    boolean: "debug systemd-cgroup|s systemd-log version|vV help|h",
  },
  create: {
    value: "bundle|b config|f console-socket|c pid-file|p preserve-fds pidfd-socket",
    boolean: "no-pivot no-new-keyring no-subreaper",
  },
  run: {
    value: "bundle|b config|f console-socket|c pid-file|p preserve-fds pidfd-socket",
    boolean: "no-pivot no-new-keyring no-subreaper detach|d keep",
  },
  start: {},
  state: {},
  kill: { boolean: "all|a regex|r" },
  delete: { boolean: "force|f regex|r" },
  exec: {
    value:
      "console-socket cwd env|e user|u process|p pid-file apparmor cap|c preserve-fds process-label additional-gids|g cgroup pidfd-socket",
    boolean: "detach|d tty|t no-new-privs ignore-paused no-subreaper",
  },
  list: { value: "format|f", boolean: "quiet|q" },
  ps: { value: "format|f" },
  pause: {},
  resume: {},
  events: { value: "interval", boolean: "stats" },
  update: {
    value:
      "resources|r memory memory-reservation memory-swap cpu-period cpu-quota cpu-share cpu-rt-period cpu-rt-runtime cpuset-cpus " +
      "cpuset-mems blkio-weight pids-limit l3-cache-schema mem-bw-schema cpu-burst cpu-idle kernel-memory kernel-memory-tcp",
  },
  spec: { value: "bundle|b file|f", boolean: "rootless" },
  features: {},
  checkpoint: {
    value: "image-path work-path manage-cgroups-mode parent-path status-fd page-server empty-ns network-lock",
    boolean:
      "leave-running tcp-established ext-unix-sk shell-job file-locks pre-dump tcp-skip-in-flight link-remap lazy-pages auto-dedup",
  },
  restore: {
    value:
      "bundle|b image-path work-path console-socket pid-file manage-cgroups-mode lsm-profile lsm-mount-context empty-ns network-lock",
    boolean: "detach|d tcp-established ext-unix-sk shell-job file-locks no-subreaper no-pivot auto-dedup lazy-pages tcp-close",
  },
  mounts: {},
  help: {},
  completion: {},
};

function flagsOf(command: string): readonly FlagDescription[] {
  if (command === "") return program.globalFlags;
  return program.commands.find(({ name }) => name === command)?.flags ?? [];
}

const words = (text = ""): string[] => text.split(" ").filter((word) => word !== "");

for (const [command, { value, boolean }] of Object.entries(flags)) {
  t.test(`${command === "" ? "the program" : command} has every flag that there is anywhere`, async (t) => {
    t.ok(command === "" || program.commands.some(({ name }) => name === command), "is there");
    for (const [list, isBoolean] of [
      [words(value), false],
      [words(boolean), true],
    ] as const) {
      for (const word of list) {
        const [name = "", letters = ""] = word.split("|");
        const flag = flagsOf(command).find((each) => each.name === name);
        t.ok(flag, `--${name}`);
        t.equal(flag?.type === "boolean", isBoolean, `--${name} ${isBoolean ? "stands alone" : "takes a value"}`);
        for (const letter of letters) t.ok(flag?.short?.includes(letter), `-${letter} is --${name}`);
      }
    }
  });
}

/** What shims write for checkpoint and restore, and the criu of a later command line gets. */
const saving: readonly (readonly [string, string, Record<string, string | boolean>])[] = [
  [
    "restore",
    "--bundle /b --pid-file /p --detach --image-path /i --work-path /b ID",
    { bundle: "/b", "pid-file": "/p", detach: true, "image-path": "/i", "work-path": "/b" },
  ],
  [
    "restore",
    "-no-subreaper --detach --no-pivot --lsm-profile apparmor:web --lsm-mount-context system_u:x --tcp-close ID",
    {
      "no-subreaper": true,
      "no-pivot": true,
      "lsm-profile": "apparmor:web",
      "lsm-mount-context": "system_u:x",
      "tcp-close": true,
    },
  ],
  [
    "checkpoint",
    "--image-path /i --work-path /w --leave-running --file-locks --tcp-established --manage-cgroups-mode ignore ID",
    { "image-path": "/i", "leave-running": true, "manage-cgroups-mode": "ignore" },
  ],
  [
    "checkpoint",
    "--pre-dump --parent-path ../one --page-server ::1:27 --status-fd 3 ID",
    { "page-server": "::1:27", "status-fd": "3" },
  ],
];

for (const [command, line, expected] of saving) {
  t.test(`command line: ${command} ${line}`, async (t) => {
    const parsed = parseWords(line.split(" "), { flags: flagsOf(command), stopEarly: false });
    t.strictSame(parsed.arguments, ["ID"]);
    for (const [name, value] of Object.entries(expected))
      t.equal(value === true ? parsed.flags.boolean(name) : parsed.flags.string(name), value, name);
  });
}

t.test("youki's names of commands", async (t) => {
  t.equal(findCommand(program.commands, "info").name, "doctor");
  t.equal(findCommand(program.commands, "checkpointt").name, "checkpoint");
  t.throws(() => findCommand(program.commands, "toString"), /no command "toString"/);
});

t.test("what stops at the first argument, and what may be repeated", async (t) => {
  const stopping = program.commands.filter(({ stopEarly }) => stopEarly === true).map(({ name }) => name);
  t.strictSame(stopping.sort(), ["exec", "kill", "ps"]);
  const lists = program.commands.flatMap(({ name, flags }) =>
    flags.filter(({ type }) => type === "list").map((flag) => `${name} --${flag.name}`),
  );
  t.strictSame(lists.sort(), [
    "checkpoint --empty-ns",
    "exec --additional-gids",
    "exec --cap",
    "exec --cgroup",
    "exec --env",
    "restore --empty-ns",
  ]);
});
