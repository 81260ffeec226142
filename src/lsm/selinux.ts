// SPDX-License-Identifier: Apache-2.0
/** SELinux: the context of the program and of its keyring. config.md, "selinuxLabel"; selinux(8) */
import { openAttribute, writeAttribute, type AttributeFile } from "./attribute.ts";

/** In init, before it enters the root file system, and in exec, before it joins the container: opens what setProcessLabel() writes. */
export function openProcessLabel(): AttributeFile {
  return openAttribute("exec");
}

/** As openProcessLabel(), for withKeyLabel(). */
export function openKeyLabel(): AttributeFile {
  return openAttribute("keycreate");
}

/** In init, after the hooks and before no_new_privs: the next execve(2) changes to the context. */
export function setProcessLabel(file: AttributeFile, label: string): void {
  writeAttribute(file, label);
}

/** In init and in exec, around joining the session keyring, so that the container may use it: keys made by `step` get the context. */
export function withKeyLabel(file: AttributeFile | undefined, label: string | undefined, step: () => void): void {
  if (file === undefined) {
    step();
    return;
  }
  try {
    writeAttribute(file, label ?? "");
    step();
    writeAttribute(file, "\0"); // keys that the program makes get the context of the program
  } finally {
    file.fd.close();
  }
}
