// SPDX-License-Identifier: Apache-2.0
/** `process.env`. */
import { quote, type Report } from "./errors.ts";

const none: readonly string[] = [];

/**
 * Each entry must be NAME=VALUE; of two with one name the later counts, in the place of the first. An empty HOME is left out: to
 * init that is the same as none, and it looks the user's home up.
 */
export function planEnv(env: readonly string[] | undefined, at: string, report: Report): readonly string[] {
  if (env === undefined || env.length === 0) return none;
  const byName = new Map<string, string>();
  for (let index = 0; index < env.length; index++) {
    const entry = env[index] ?? "";
    const equals = entry.indexOf("=");
    if (entry.includes("\0")) report.refuse(`${at}[${index}]`, `is ${quote(entry)}, and must not contain NUL`);
    else if (equals <= 0) report.refuse(`${at}[${index}]`, `is ${quote(entry)}, and must be NAME=VALUE`);
    else byName.set(entry.slice(0, equals), entry);
  }
  if (byName.get("HOME") === "HOME=") byName.delete("HOME");
  return byName.size === env.length ? env : [...byName.values()];
}
