// SPDX-License-Identifier: Apache-2.0
/** SELinux: the context of the program and of its keyring. config.md, "selinuxLabel"; selinux(8) */
import { isErrno } from "../linux/errors.ts";
import { fileSystemMagic, SELINUX_MAGIC } from "../linux/stat.ts";
import { openAttribute, writeAttribute, type AttributeFile } from "./attribute.ts";

const MOUNTS = ["/sys/fs/selinux", "/selinux"];

/** Whether the kernel runs with SELinux: its file system is mounted. */
export function isSelinuxEnabled(): boolean {
  return MOUNTS.some((path) => {
    try {
      return fileSystemMagic(path) === SELINUX_MAGIC;
    } catch (error) {
      if (isErrno(error, "ENOENT", "EACCES")) return false;
      throw error;
    }
  });
}

/** Throws when `label` cannot count: a container that asks for a label must not run without. */
export function requireSelinux(label: string): void {
  if (!isSelinuxEnabled()) {
    throw new Error(`selinux label ${JSON.stringify(label)} is set in config.json, but selinux is disabled or not supported`);
  }
}

/** In init, before it enters the root file system: opens what setProcessLabel() writes. Throws when SELinux is off. */
export function openProcessLabel(label: string): AttributeFile {
  requireSelinux(label);
  return openAttribute("exec");
}

/** In init, after the hooks and before no_new_privs: the next execve(2) changes to the context. */
export function setProcessLabel(file: AttributeFile, label: string): void {
  writeAttribute(file, label);
}

/**
 * In init, around joining the session keyring, so that the container may use it: keys made by `step` get the context. The
 * /proc is still the host's.
 */
export function withKeyLabel(label: string | undefined, step: () => void): void {
  if (label === undefined) {
    step();
    return;
  }
  requireSelinux(label);
  const file = openAttribute("keycreate");
  try {
    writeAttribute(file, label);
    step();
    writeAttribute(file, "\0"); // keys that the program makes get the context of the program
  } finally {
    file.fd.close();
  }
}
