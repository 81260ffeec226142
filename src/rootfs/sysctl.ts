// SPDX-License-Identifier: Apache-2.0
/** Kernel parameters of the container's namespaces. */
import { isErrno, within } from "../linux/errors.ts";
import type { Fd } from "../linux/fd.ts";
import { O_WRONLY, writeAll } from "../linux/file.ts";
import { openInProc, privateProc } from "../linux/private-proc.ts";
import type { SysctlPlan } from "../plan/types.ts";
import type { Root } from "./root.ts";

/**
 * In init, in all its namespaces, after mountAll(), before makePathsReadonly() (which covers /proc/sys) and before it gives up
 * privileges. Written through the procfs that mountAll() made, held open since, or else through one of our own; no mount over a
 * part of it is crossed, and so none can redirect a write (CVE-2025-52881).
 */
export function writeSysctls(root: Root, sysctls: readonly SysctlPlan[]): void {
  if (sysctls.length === 0) return;
  const own = root.kernels("/proc");
  if (own !== undefined) {
    writeAllIn(own, sysctls);
    return;
  }
  using proc = privateProc();
  writeAllIn(proc, sysctls);
}

function writeAllIn(proc: Fd, sysctls: readonly SysctlPlan[]): void {
  for (const sysctl of sysctls) {
    const { key, value } = sysctl;
    within(
      `set sysctl ${JSON.stringify(key)} to ${JSON.stringify(value)}`,
      () => {
        using file = openParameter(proc, sysctl);
        writeAll(file, value);
      },
      {
        ENOENT: "this kernel has no such parameter, or has it in no namespace but the first",
        EINVAL: "the parameter does not take this value",
      },
    );
  }
}

function openParameter(proc: Fd, { path, otherPath }: SysctlPlan): Fd {
  try {
    return openInProc(proc, `sys/${path}`, O_WRONLY);
  } catch (error) {
    if (otherPath === undefined || !isErrno(error, "ENOENT")) throw error;
    return openInProc(proc, `sys/${otherPath}`, O_WRONLY);
  }
}
