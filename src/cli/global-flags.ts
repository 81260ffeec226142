// SPDX-License-Identifier: Apache-2.0
/** The options before the command. */
import type { Level } from "../log/format.ts";
import type { FlagDescription } from "./describe.ts";
import { helpFlag } from "./flags.ts";

/** Values of --log-level: crun says warning, youki warn and trace. */
export const logLevels: Readonly<Record<string, Level>> = {
  error: "error",
  warning: "warning",
  warn: "warning",
  info: "info",
  debug: "debug",
  trace: "debug",
};

export const globalFlags: readonly FlagDescription[] = [
  {
    name: "root",
    short: "r",
    type: "string",
    value: "DIR",
    help: "directory for the state of containers (default: /run/runt, or $XDG_RUNTIME_DIR/runt when rootless)",
  },
  {
    name: "log",
    type: "string",
    value: "FILE",
    help: "append messages to FILE, or send them to journald:NAME or syslog:NAME; errors go to standard error as well",
  },
  {
    name: "log-format",
    type: "string",
    value: "FORMAT",
    values: ["text", "json"],
    default: "text",
    help: "format of the log file",
  },
  {
    name: "log-level",
    type: "string",
    value: "LEVEL",
    values: Object.keys(logLevels),
    default: "error",
    help: "least important messages to write",
  },
  { name: "debug", type: "boolean", help: "the same as --log-level debug" },
  { name: "systemd-log", type: "boolean", help: "send messages to the journal as well" },
  {
    name: "systemd-cgroup",
    short: "s",
    type: "boolean",
    help: 'let systemd make the cgroups; linux.cgroupsPath is then "slice:prefix:name"',
  },
  {
    name: "cgroup-manager",
    type: "string",
    value: "NAME",
    values: ["cgroupfs", "systemd", "disabled"],
    default: "cgroupfs",
    help: "who makes the cgroups",
  },
  {
    name: "rootless",
    type: "string",
    value: "WHEN",
    default: "auto",
    help: "tolerate that what only root may do is not to be had: true, false, auto",
  },
  {
    name: "trace",
    type: "string",
    value: "FILE",
    help: "write every system call, with its time, to FILE for Perfetto or chrome://tracing",
  },
  helpFlag,
  { name: "version", short: "vV", type: "boolean", help: "show the version" },
];
