// SPDX-License-Identifier: Apache-2.0
/** Parts of the description that several commands share. */
import type { FlagDescription, ParameterDescription } from "./describe.ts";

export const containerParameter: ParameterDescription = { name: "CONTAINER", completes: "container" };
/** An id that is yet to be taken: nothing to offer. */
export const newContainerParameter: ParameterDescription = { name: "CONTAINER" };

export const helpFlag: FlagDescription = { name: "help", short: "h", type: "boolean", help: "show this help" };

export const bundleFlag: FlagDescription = {
  name: "bundle",
  short: "b",
  type: "string",
  value: "DIR",
  default: ".",
  help: "directory that holds config.json",
};

export const formatFlag: FlagDescription = {
  name: "format",
  short: "f",
  type: "string",
  value: "FORMAT",
  values: ["table", "json"],
  default: "table",
  help: "how to print it",
};

export const consoleSocketFlag: FlagDescription = {
  name: "console-socket",
  type: "string",
  value: "SOCKET",
  help: "unix socket that gets the master of the terminal",
};

export const pidFileFlag: FlagDescription = {
  name: "pid-file",
  type: "string",
  value: "FILE",
  help: "write the process id, as the host sees it, to FILE",
};

/** Of whatever starts a process: `create`, `run`, `exec`. */
export const processFlags: readonly FlagDescription[] = [
  { name: "pidfd-socket", type: "string", value: "SOCKET", help: "unix socket that gets a pidfd of the process" },
  { name: "preserve-fds", type: "count", value: "N", default: "0", help: "pass N more descriptors, from 3 on, to the process" },
  { name: "no-subreaper", type: "boolean", help: "do not adopt processes that lose their parent" },
];

export const detachFlag: FlagDescription = {
  name: "detach",
  short: "d",
  type: "boolean",
  help: "return as soon as the process runs",
};

/** Of `create` and `run`. */
export const createFlags: readonly FlagDescription[] = [
  bundleFlag,
  { name: "config", short: "f", type: "string", value: "FILE", help: "read FILE instead of the config.json of the bundle" },
  { ...consoleSocketFlag, short: "c" },
  { ...pidFileFlag, short: "p" },
  ...processFlags,
  { name: "no-pivot", type: "boolean", help: "move the root instead of pivoting, for a root file system on a ramdisk" },
  { name: "no-new-keyring", type: "boolean", help: "keep the session keyring of the caller" },
];
