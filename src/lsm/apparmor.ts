// SPDX-License-Identifier: Apache-2.0
/** AppArmor: the profile under which the program runs. config.md, "apparmorProfile"; apparmor(7) */
import { isErrno } from "../linux/errors.ts";
import { readFileIfAny } from "../linux/file.ts";
import { openAttribute, writeAttribute, type AttributeFile } from "./attribute.ts";

/** Whether the kernel has AppArmor and it is on. */
export function isApparmorEnabled(): boolean {
  return readFileIfAny("/sys/module/apparmor/parameters/enabled")?.startsWith("Y") ?? false;
}

/**
 * In init, before it enters the root file system: opens what setApparmorProfile() writes.
 *
 * Throws when the host has no AppArmor: a container that asks for a profile must not run without.
 */
export function openApparmorProfile(profile: string): AttributeFile {
  if (!isApparmorEnabled()) {
    throw new Error(
      `apparmor profile ${JSON.stringify(profile)} is set in config.json, but apparmor is not enabled on this host`,
    );
  }
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
