// SPDX-License-Identifier: Apache-2.0
import { restoreContainer } from "../../container/restore.ts";
import { criuFlags, criuOptions } from "../criu-flags.ts";
import type { CommandDescription } from "../describe.ts";
import { bundleFlag, consoleSocketFlag, detachFlag, newContainerParameter, pidFileFlag } from "../flags.ts";

export const restore: CommandDescription = {
  name: "restore",
  summary: "make a container from the files of a checkpoint, with criu",
  description: [
    "Makes a container from the files that `checkpoint` has written, with the bundle that it was created from. In the " +
      "foreground it ends with the exit code of the container's process.",
  ],
  parameters: [newContainerParameter],
  failurePrefix: "runt restore failed",
  flags: [
    bundleFlag,
    ...criuFlags,
    detachFlag,
    pidFileFlag,
    consoleSocketFlag,
    { name: "tcp-close", type: "boolean", help: "close TCP connections that were open" },
    { name: "lsm-profile", type: "string", value: "TYPE:NAME", help: "another profile of AppArmor or SELinux" },
    { name: "lsm-mount-context", type: "string", value: "CONTEXT", help: "another SELinux context of mounts" },
    { name: "no-pivot", type: "boolean", help: "no effect: criu makes the root" },
    { name: "no-subreaper", type: "boolean", help: "do not adopt processes that lose their parent" },
  ],
  examples: [{ words: "restore --detach --bundle /srv/web --image-path /srv/images web", what: "bring it back" }],
  run: ({ context, flags, arguments: [id = ""] }) =>
    restoreContainer(context, id, {
      bundle: flags.string("bundle") ?? ".",
      criu: {
        ...criuOptions(flags),
        tcpClose: flags.boolean("tcp-close") ?? false,
        lsmProfile: flags.string("lsm-profile"),
        lsmMountContext: flags.string("lsm-mount-context"),
      },
      detach: flags.boolean("detach") ?? false,
      noSubreaper: flags.boolean("no-subreaper") ?? false,
      noPivot: flags.boolean("no-pivot") ?? false,
      pidFile: flags.string("pid-file"),
      consoleSocket: flags.string("console-socket"),
    }),
};
