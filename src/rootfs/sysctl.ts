// SPDX-License-Identifier: Apache-2.0
/** Kernel parameters of the container's namespaces. */
import { O_WRONLY, writeAll } from "../linux/file.ts";
import { openInProc, privateProc } from "../linux/private-proc.ts";
import type { SysctlPlan } from "../plan/types.ts";

/**
 * In init, in all its namespaces, before it gives up privileges; the root may be either. Written through a procfs of our own, so
 * that a mount over /proc/sys cannot redirect a write (CVE-2025-52881).
 */
export function writeSysctls(sysctls: readonly SysctlPlan[]): void {
  if (sysctls.length === 0) return;
  using proc = privateProc();
  for (const { key, path, value } of sysctls) {
    try {
      using file = openInProc(proc, `sys/${path}`, O_WRONLY);
      writeAll(file, value);
    } catch (cause) {
      throw new Error(`set sysctl ${JSON.stringify(key)} to ${JSON.stringify(value)}`, { cause });
    }
  }
}
