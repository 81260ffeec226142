// SPDX-License-Identifier: Apache-2.0
/** Flags that several commands share. */
import type { FlagDescription } from "./describe.ts";

export const bundleFlag: FlagDescription = {
  name: "bundle",
  short: "b",
  type: "string",
  value: "DIR",
  help: "directory that holds config.json (the current directory)",
};

export const outputFlags: readonly FlagDescription[] = [
  { name: "console-socket", type: "string", value: "SOCKET", help: "unix socket that gets the master of the terminal" },
  { name: "pid-file", type: "string", value: "FILE", help: "write the process id, as the host sees it, to FILE" },
  { name: "pidfd-socket", type: "string", value: "SOCKET", help: "unix socket that gets a pidfd of the process" },
  { name: "preserve-fds", type: "count", value: "N", help: "pass N more descriptors, from 3 on, to the process" },
];

/** Of `create` and `run`. */
export const createFlags: readonly FlagDescription[] = [
  bundleFlag,
  { name: "config", short: "f", type: "string", value: "FILE", help: "read FILE instead of the config.json of the bundle" },
  ...outputFlags,
  { name: "no-pivot", type: "boolean", help: "move the root instead of pivoting, for a root file system on a ramdisk" },
  { name: "no-new-keyring", type: "boolean", help: "keep the session keyring of the caller" },
  { name: "no-subreaper", type: "boolean", help: "do not adopt processes that lose their parent" },
];
