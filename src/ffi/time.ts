// SPDX-License-Identifier: Apache-2.0
/** Clocks, sleep and random bytes. */
import type { Constants, Functions, Structs } from "./declare.ts";

export const functions = {
  clock_gettime: { header: "time.h", params: { clock: "int", time: "buffer" }, returns: "status" },
  nanosleep: { header: "time.h", params: { time: "buffer", left: "buffer?" }, returns: "status" },
  getrandom: { header: "sys/random.h", params: { buf: "buffer", size: "size", flags: "uint" }, returns: "size" },
} as const satisfies Functions;

export const structs = {
  timespec: { header: "time.h", c: "struct timespec", fields: ["tv_sec", "tv_nsec"] },
} as const satisfies Structs;

export const constants = {
  "time.h": ["CLOCK_REALTIME", "CLOCK_MONOTONIC", "CLOCK_BOOTTIME"],
} as const satisfies Constants;
