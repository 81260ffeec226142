// SPDX-License-Identifier: Apache-2.0
/** `spec`: a config.json to begin with. */
import { createNewFile } from "../bundle/create.ts";
import { isErrno } from "../linux/errors.ts";
import { ownGid, ownUid } from "../process/self.ts";
import { defaultConfigText } from "../spec/default-config.ts";
import { ContainerError } from "./errors.ts";

export interface SpecOptions {
  readonly bundle: string | undefined;
  /** Name of the file instead of config.json. */
  readonly file: string | undefined;
  readonly rootless: boolean;
}

/** Writes the file. Throws ContainerError when there is one already: it may be somebody's work. */
export function writeDefaultConfig({ bundle = ".", file = "config.json", rootless }: SpecOptions): void {
  const path = file.startsWith("/") ? file : `${bundle}/${file}`;
  const text = defaultConfigText(rootless ? { uid: ownUid(), gid: ownGid() } : undefined);
  try {
    createNewFile(path, text);
  } catch (error) {
    if (!isErrno(error, "EEXIST")) throw error;
    throw new ContainerError("arguments-invalid", `File ${file} exists. Remove it first`, {
      hint: "or name another file with --file",
    });
  }
}
