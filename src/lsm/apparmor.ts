// SPDX-License-Identifier: Apache-2.0
/** AppArmor: the profile under which the program runs. config.md, "apparmorProfile"; apparmor(7) */
import { isErrno } from "../linux/errors.ts";
import { openAttribute, writeAttribute, type AttributeFile } from "./attribute.ts";

/** In init, before it enters the root file system, and in exec, before it joins the container: opens what setApparmorProfile() writes. */
export function openApparmorProfile(): AttributeFile {
  try {
    return openAttribute("apparmor/exec");
  } catch (error) {
    // Before Linux 5.8 the only directory is that of all modules.
    if (error instanceof Error && isErrno(error.cause, "ENOENT")) return openAttribute("exec");
    throw error;
  }
}

/**
 * In init, after the hooks (which a profile that is set would confine as well) and before no_new_privs: the next execve(2)
 * changes to the profile. The kernel answers ENOENT for a profile that is not loaded.
 */
export function setApparmorProfile(file: AttributeFile, profile: string): void {
  writeAttribute(file, `exec ${profile}`);
}
