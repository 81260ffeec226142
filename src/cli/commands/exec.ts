// SPDX-License-Identifier: Apache-2.0
import { execInContainer } from "../../container/exec.ts";
import { given } from "../create-options.ts";
import type { CommandDescription } from "../describe.ts";
import { outputFlags } from "../flags.ts";
import { UsageError } from "../parse.ts";

export const exec: CommandDescription = {
  name: "exec",
  summary: "run a further process in a container",
  usage: "CONTAINER COMMAND [ARGUMENT...]",
  minimum: 1,
  maximum: Number.POSITIVE_INFINITY,
  stopEarly: true,
  failure: 255,
  failurePrefix: "exec failed",
  flags: [
    ...outputFlags,
    {
      name: "process",
      short: "p",
      type: "string",
      value: "FILE",
      help: "a process object as JSON instead of a command and flags",
    },
    { name: "detach", short: "d", type: "boolean", help: "return when the process runs" },
    { name: "tty", short: "t", type: "boolean", help: "give the process a terminal" },
    { name: "cwd", type: "string", value: "DIR", help: "working directory" },
    { name: "env", short: "e", type: "list", value: "NAME=VALUE", help: "set a variable of the environment; may be repeated" },
    { name: "user", short: "u", type: "string", value: "UID[:GID]", help: "user and group, as numbers" },
    { name: "additional-gids", short: "g", type: "list", value: "GID", help: "a further group; may be repeated" },
    { name: "cap", short: "c", type: "list", value: "CAP", help: "a further capability; may be repeated" },
    { name: "no-new-privs", type: "boolean", help: "let no file give privileges" },
    { name: "apparmor", type: "string", value: "PROFILE", help: "AppArmor profile" },
    { name: "process-label", type: "string", value: "LABEL", help: "SELinux label" },
    {
      name: "cgroup",
      type: "list",
      value: "PATH",
      help: "cgroup below the container's (v1: CONTROLLER[,CONTROLLER]:PATH); may be repeated",
    },
    { name: "ignore-paused", type: "boolean", help: "also into a paused container; the process starts when it is resumed" },
    { name: "no-subreaper", type: "boolean", help: "do not adopt processes that lose their parent" },
  ],
  run: ({ context, flags, arguments: [id = "", ...args] }) => {
    const processFile = given(flags, "process");
    if (processFile === undefined && args.length === 0)
      throw new UsageError("process args cannot be empty: give a command, or a file with --process");
    return execInContainer(context, id, {
      processFile,
      args,
      cwd: given(flags, "cwd"),
      env: flags.list("env"),
      user: given(flags, "user"),
      additionalGids: flags.list("additional-gids"),
      tty: flags.boolean("tty"),
      consoleSocket: given(flags, "console-socket"),
      detach: flags.boolean("detach") ?? false,
      pidFile: given(flags, "pid-file"),
      pidfdSocket: given(flags, "pidfd-socket"),
      apparmor: given(flags, "apparmor"),
      noNewPrivileges: flags.boolean("no-new-privs"),
      processLabel: given(flags, "process-label"),
      cap: flags.list("cap"),
      preserveFds: flags.count("preserve-fds"),
      cgroup: flags.list("cgroup"),
      ignorePaused: flags.boolean("ignore-paused") ?? false,
    });
  },
};
