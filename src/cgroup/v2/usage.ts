// SPDX-License-Identifier: Apache-2.0
/** `memory.checkBeforeUpdate`: cgroup v2 would kill for a limit below what is in use, where v1 refuses it. config-linux.md, "Memory" */
import { readFileIfAny } from "../../linux/file.ts";
import type { Memory } from "../../spec/types.ts";
import { isSet } from "../settings.ts";
import { LimitRefusedError } from "../write.ts";
import { swapLimit } from "./memory.ts";

/** Throws when the check is asked for and a new limit is not above what is in use. */
export function checkUsage(path: string, memory: Memory | undefined): void {
  if (memory?.checkBeforeUpdate !== true) return;
  const { limit } = memory;
  if (isSet(limit) && limit > 0) check(path, "memory.current", "memory.limit", BigInt(limit));
  const swap = swapLimit(memory);
  if (swap !== undefined && swap > 0) check(path, "memory.swap.current", "memory.swap", BigInt(swap));
}

function check(path: string, file: string, field: string, limit: bigint): void {
  const text = readFileIfAny(`${path}/${file}`);
  if (text === undefined || BigInt(text.trim()) < limit) return;
  throw new LimitRefusedError(`set ${field}: ${text.trim()} bytes are in use, and the new limit is ${limit}`, {
    hint: "without memory.checkBeforeUpdate the kernel would kill processes to get there",
  });
}
