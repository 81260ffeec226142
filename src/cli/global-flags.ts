// SPDX-License-Identifier: Apache-2.0
/** The options before the command. */
import type { FlagDescription } from "./describe.ts";

export const globalFlags: readonly FlagDescription[] = [
  {
    name: "root",
    type: "string",
    value: "DIR",
    help: "directory for the state of containers (/run/runt, or $XDG_RUNTIME_DIR/runt when rootless)",
  },
  { name: "log", type: "string", value: "FILE", help: "append errors to FILE; they go to standard error as well" },
  { name: "log-format", type: "string", value: "FORMAT", help: 'format of the log file: "text" (default) or "json"' },
  {
    name: "log-level",
    type: "string",
    value: "LEVEL",
    help: 'least important messages that are written: "error" (default), "warning", "info" or "debug"',
  },
  { name: "debug", type: "boolean", help: "the same as --log-level debug" },
  {
    name: "systemd-cgroup",
    type: "boolean",
    help: 'let systemd make the cgroups; linux.cgroupsPath is then "slice:prefix:name"',
  },
  { name: "cgroup-manager", type: "string", value: "NAME", help: '"cgroupfs" (default), "systemd" or "disabled"' },
  {
    name: "rootless",
    type: "string",
    value: "BOOL",
    help: '"true", "false" or "auto" (default): tolerate what only root may do',
  },
  {
    name: "trace",
    type: "string",
    value: "FILE",
    help: "write every system call, with its time, to FILE for Perfetto or chrome://tracing",
  },
  { name: "help", short: "h", type: "boolean", help: "show this help" },
  { name: "version", short: "v", type: "boolean", help: "show the version" },
];
