// SPDX-License-Identifier: Apache-2.0
/** Who runs the program. */
import { readFileIfAny } from "../linux/file.ts";
import { gatherFacts } from "./facts.ts";

/** The runtime's effective uid, and whether it runs inside a user namespace. */
export function hostUser(): { readonly euid: number; readonly inUserNamespace: boolean } {
  const facts = gatherFacts();
  return { euid: facts.euid, inUserNamespace: facts.inUserNamespace };
}

/** The name that /etc/passwd has for a uid. Names from other sources are not asked for: that would need plug-ins of libc. */
export function hostUserName(uid: number): string | undefined {
  const text = readFileIfAny("/etc/passwd") ?? "";
  for (const line of text.split("\n")) {
    const [name, , number] = line.split(":");
    if (number === String(uid)) return name;
  }
  return undefined;
}
