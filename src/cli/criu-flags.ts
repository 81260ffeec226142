// SPDX-License-Identifier: Apache-2.0
/** Flags that checkpoint and restore share. */
import type { RestoreOptions } from "../container/restore.ts";
import type { FlagDescription, FlagValues } from "./describe.ts";

const cgroupsModes = ["soft", "full", "strict", "ignore"] as const;

export const criuFlags: readonly FlagDescription[] = [
  { name: "image-path", type: "string", value: "DIR", default: "checkpoint", help: "directory of the images" },
  { name: "work-path", type: "string", value: "DIR", help: "directory of criu's logs and statistics (that of the images)" },
  { name: "tcp-established", type: "boolean", help: "with open TCP connections" },
  { name: "ext-unix-sk", type: "boolean", help: "with unix sockets whose other ends are outside" },
  { name: "shell-job", type: "boolean", help: "with processes of a terminal's session outside" },
  { name: "file-locks", type: "boolean", help: "with file locks" },
  { name: "auto-dedup", type: "boolean", help: "drop from parent images what newer ones have" },
  { name: "lazy-pages", type: "boolean", help: "memory comes later, page by page" },
  {
    name: "empty-ns",
    type: "list",
    value: "NAMESPACE",
    values: ["network"],
    help: "leave its devices and routes to somebody else",
  },
  {
    name: "manage-cgroups-mode",
    type: "string",
    value: "MODE",
    values: cgroupsModes,
    help: "what criu does about cgroups; runt makes that of the container itself",
  },
  {
    name: "network-lock",
    type: "string",
    value: "METHOD",
    help: 'how the network stands still: "iptables", "nftables" or "skip"',
  },
];

export type CriuFlagValues = Omit<RestoreOptions["criu"], "tcpClose" | "lsmProfile" | "lsmMountContext">;

/** The values of criuFlags. */
export function criuOptions(flags: FlagValues): CriuFlagValues {
  const imagePath = flags.string("image-path") ?? "checkpoint";
  return {
    imagePath,
    workPath: flags.string("work-path") ?? imagePath,
    tcpEstablished: flags.boolean("tcp-established") ?? false,
    extUnixSk: flags.boolean("ext-unix-sk") ?? false,
    shellJob: flags.boolean("shell-job") ?? false,
    fileLocks: flags.boolean("file-locks") ?? false,
    autoDedup: flags.boolean("auto-dedup") ?? false,
    lazyPages: flags.boolean("lazy-pages") ?? false,
    emptyNetwork: flags.list("empty-ns").includes("network"),
    cgroupsMode: cgroupsModes.find((mode) => mode === flags.string("manage-cgroups-mode")),
    networkLock: flags.string("network-lock"),
  };
}
