// SPDX-License-Identifier: Apache-2.0
import { updateContainer } from "../../container/update.ts";
import type { CommandDescription, FlagDescription } from "../describe.ts";
import { containerParameter } from "../flags.ts";

/** In bytes with a suffix k, m or g; -1 is no limit. */
const limits: readonly FlagDescription[] = [
  { name: "memory", type: "string", value: "BYTES", help: "memory limit; a suffix k, m or g is taken, -1 is no limit" },
  { name: "memory-reservation", type: "string", value: "BYTES", help: "soft limit, for when memory is short" },
  { name: "memory-swap", type: "string", value: "BYTES", help: "memory and swap together; -1 is no limit" },
  { name: "kernel-memory", type: "string", value: "BYTES", help: "no effect: kernels have no such limit any more" },
  { name: "kernel-memory-tcp", type: "string", value: "BYTES", help: "memory of TCP buffers, on cgroup v1" },
  { name: "cpu-share", type: "string", value: "SHARES", help: "share of the CPU against other containers" },
  { name: "cpu-quota", type: "string", value: "USEC", help: "microseconds of CPU in a period; -1 is no limit" },
  { name: "cpu-period", type: "string", value: "USEC", help: "length of a period in microseconds" },
  { name: "cpu-burst", type: "string", value: "USEC", help: "microseconds that may be saved up for a later period" },
  { name: "cpu-rt-runtime", type: "string", value: "USEC", help: "microseconds of CPU for real-time processes in a period" },
  { name: "cpu-rt-period", type: "string", value: "USEC", help: "period for real-time processes" },
  {
    name: "cpu-idle",
    type: "string",
    value: "IDLE",
    values: ["0", "1"],
    help: "with 1, run only when nobody else wants the CPU",
  },
  { name: "cpuset-cpus", type: "string", value: "LIST", help: "CPUs to run on, e.g. 0-3,7" },
  { name: "cpuset-mems", type: "string", value: "LIST", help: "memory nodes to use" },
  { name: "blkio-weight", type: "string", value: "WEIGHT", help: "share of the disks, 10 to 1000" },
  { name: "pids-limit", type: "string", value: "NUMBER", help: "most processes at a time; -1 is no limit" },
  { name: "l3-cache-schema", type: "string", value: "SCHEMA", help: "Intel RDT: schema of the L3 cache" },
  { name: "mem-bw-schema", type: "string", value: "SCHEMA", help: "Intel RDT: schema of the memory bandwidth" },
];

export const update: CommandDescription = {
  name: "update",
  summary: "change the limits of a running container",
  description: [
    "Changes limits of a container. What is not named stays as it is; when the kernel refuses one change, all limits are as " +
      "before.",
  ],
  parameters: [containerParameter],
  flags: [
    {
      name: "resources",
      short: "r",
      type: "string",
      value: "FILE",
      help: 'a resources object as JSON, "-" for standard input; other flags do not count then',
    },
    ...limits,
  ],
  examples: [
    { words: "update --memory 512m --pids-limit 100 web", what: "two limits" },
    { words: "update --resources - web < limits.json", what: "as an engine does it" },
  ],
  run: ({ context, flags, arguments: [id = ""] }) => {
    updateContainer(context, id, {
      resources: flags.string("resources"),
      flags: Object.fromEntries(limits.map(({ name }) => [name, flags.string(name)])),
    });
    return 0;
  },
};
