// SPDX-License-Identifier: Apache-2.0
import { checkpointContainer } from "../../container/checkpoint.ts";
import { criuFlags, criuOptions } from "../criu-flags.ts";
import type { CommandDescription } from "../describe.ts";
import { containerParameter } from "../flags.ts";
import { UsageError } from "../parse.ts";

export const checkpoint: CommandDescription = {
  name: "checkpoint",
  summary: "write a running container to files, with criu",
  description: [
    "Writes the processes of a running container to files, from which `restore` makes it again, here or on another host. The " +
      "container ends with that, unless `--leave-running` or `--pre-dump` is given. The work is done by criu, which must be " +
      "installed; when it is not, or fails, the container goes on as before.",
  ],
  parameters: [containerParameter],
  flags: [
    ...criuFlags,
    { name: "leave-running", type: "boolean", help: "the container goes on afterwards" },
    {
      name: "pre-dump",
      type: "boolean",
      help: "memory alone, while the container runs; a checkpoint with --parent-path follows",
    },
    { name: "parent-path", type: "string", value: "DIR", help: "images of an earlier --pre-dump, relative to --image-path" },
    { name: "link-remap", type: "boolean", help: "with files that are open and have lost their names" },
    { name: "tcp-skip-in-flight", type: "boolean", help: "leave out TCP connections that are not yet accepted" },
    { name: "status-fd", type: "string", value: "FD", help: "descriptor that criu writes to when it can give pages" },
    { name: "page-server", type: "string", value: "ADDRESS:PORT", help: "send memory to a page server" },
  ],
  examples: [
    { words: "checkpoint --image-path /srv/images web", what: "write it to files and end it" },
    { words: "checkpoint --leave-running web", what: "to ./checkpoint, and it goes on" },
  ],
  run: ({ context, flags, arguments: [id = ""] }) => {
    checkpointContainer(context, id, {
      ...criuOptions(flags),
      leaveRunning: flags.boolean("leave-running") ?? false,
      preDump: flags.boolean("pre-dump") ?? false,
      parentPath: flags.string("parent-path"),
      linkRemap: flags.boolean("link-remap") ?? false,
      tcpSkipInFlight: flags.boolean("tcp-skip-in-flight") ?? false,
      statusFd: statusFd(flags.string("status-fd")),
      pageServer: pageServer(flags.string("page-server")),
    });
    return 0;
  },
};

function statusFd(text: string | undefined): number | undefined {
  if (text === undefined || text === "-1") return undefined;
  if (/^[0-9]{1,5}$/.test(text)) return Number(text);
  throw new UsageError(`invalid value ${JSON.stringify(text)} for --status-fd: it is the number of an open descriptor`);
}

/** The port follows the last colon: an IPv6 address has more. */
function pageServer(text: string | undefined): { readonly address: string; readonly port: string } | undefined {
  if (text === undefined) return undefined;
  const match = /^(.+):([0-9]{1,5})$/.exec(text);
  if (match === null) throw new UsageError("use --page-server ADDRESS:PORT to specify page server");
  return { address: match[1] ?? "", port: match[2] ?? "" };
}
