// SPDX-License-Identifier: Apache-2.0
/** Text of /proc/PID/status. Pure. proc_pid_status(5) */

/** The fields by name, values trimmed. */
export function parseStatus(text: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const line of text.split("\n")) {
    const colon = line.indexOf(":");
    if (colon !== -1) fields.set(line.slice(0, colon), line.slice(colon + 1).trim());
  }
  return fields;
}

/** One of the hexadecimal sets, e.g. CapBnd or SigIgn; 0 when it is missing. */
export function statusMask(status: ReadonlyMap<string, string>, name: string): bigint {
  const text = status.get(name);
  return text === undefined || text === "" ? 0n : BigInt(`0x${text}`);
}

/** The pid in each pid namespace from that of the reader to the process's own (NSpid). */
export function namespacePids(status: ReadonlyMap<string, string>): number[] {
  return (status.get("NSpid") ?? "")
    .split(/\s+/)
    .filter((text) => text !== "")
    .map(Number);
}
