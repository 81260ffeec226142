// SPDX-License-Identifier: Apache-2.0
import { execInContainer } from "../../container/exec.ts";
import type { CommandDescription, FlagDescription } from "../describe.ts";
import { consoleSocketFlag, containerParameter, detachFlag, pidFileFlag, processFlags } from "../flags.ts";
import { UsageError } from "../parse.ts";

const flags: readonly FlagDescription[] = [
  { name: "process", short: "p", type: "string", value: "FILE", help: "a process object as JSON instead of a command and flags" },
  detachFlag,
  { name: "tty", short: "t", type: "boolean", help: "give the process a terminal" },
  { name: "cwd", type: "string", value: "DIRECTORY", help: "working directory, in the container" },
  { name: "env", short: "e", type: "list", value: "NAME=VALUE", help: "set a variable of the environment" },
  { name: "user", short: "u", type: "string", value: "UID[:GID]", help: "user and group, as numbers" },
  { name: "additional-gids", short: "g", type: "list", value: "GID", help: "a further group" },
  { name: "cap", short: "c", type: "list", value: "CAP", help: "a further capability" },
  { name: "no-new-privs", type: "boolean", help: "let no file give privileges" },
  { name: "apparmor", type: "string", value: "PROFILE", help: "AppArmor profile" },
  { name: "process-label", type: "string", value: "LABEL", help: "SELinux label" },
  {
    name: "cgroup",
    type: "list",
    value: "PATH",
    help: "cgroup below the container's, on v1 as CONTROLLER[,CONTROLLER]:PATH",
  },
  { name: "ignore-paused", type: "boolean", help: "also into a paused container; the process starts when it is resumed" },
  consoleSocketFlag,
  pidFileFlag,
  ...processFlags,
];

export const exec: CommandDescription = {
  name: "exec",
  summary: "run a further process in a container",
  description: [
    "Runs a further process in a running container: in its namespaces, its cgroup and its root file system, with no more " +
      "rights than its config gives. Flags end at the container; what follows is the command.",
    "What is not given comes from the config of the container. A process object given with `--process` is taken as it is.",
  ],
  parameters: [containerParameter, { name: "COMMAND", optional: true }, { name: "ARGUMENT", optional: true, many: true }],
  flags,
  examples: [
    { words: "exec --tty web sh", what: "a shell" },
    { words: "exec --user 1000:1000 --cwd /tmp web ls -l", what: "as somebody else, somewhere else" },
    { words: "exec --detach --process p.json web", what: "as an engine does it" },
  ],
  stopEarly: true,
  failure: 255,
  failurePrefix: "exec failed",
  run: ({ context, flags, arguments: [id = "", ...args] }) => {
    const processFile = flags.string("process");
    if (processFile === undefined && args.length === 0)
      throw new UsageError("process args cannot be empty: give a command, or a file with --process");
    return execInContainer(context, id, {
      processFile,
      args,
      cwd: flags.string("cwd"),
      env: flags.list("env"),
      user: flags.string("user"),
      additionalGids: flags.list("additional-gids"),
      tty: flags.boolean("tty"),
      consoleSocket: flags.string("console-socket"),
      detach: flags.boolean("detach") ?? false,
      pidFile: flags.string("pid-file"),
      pidfdSocket: flags.string("pidfd-socket"),
      apparmor: flags.string("apparmor"),
      noNewPrivileges: flags.boolean("no-new-privs"),
      processLabel: flags.string("process-label"),
      cap: flags.list("cap"),
      preserveFds: flags.count("preserve-fds"),
      cgroup: flags.list("cgroup"),
      ignorePaused: flags.boolean("ignore-paused") ?? false,
    });
  },
};
