// SPDX-License-Identifier: Apache-2.0
/** The configuration file of criu for containers, and directories for its images. */
import { makeDirectories } from "../linux/directory.ts";
import { type Fd } from "../linux/fd.ts";
import { O_RDONLY, openFile } from "../linux/file.ts";
import { currentDirectoryPath } from "../linux/process.ts";
import { statIfAny } from "../linux/stat.ts";

/** The annotation that names another file. */
const annotation = "org.criu.config";
/** What administrators of other runtimes have written counts here too. */
const usual = ["/etc/criu/runt.conf", "/etc/criu/runc.conf"];

/** The file that a container's annotations name, or one that the host has for all. */
export function criuConfigFile(annotations: Readonly<Record<string, string>>): string | undefined {
  return annotations[annotation] ?? usual.find((path) => statIfAny(path) !== undefined);
}

/** `path` as an absolute one, from the current directory. */
export function absolutePath(path: string): string {
  return path.startsWith("/") ? path : `${currentDirectoryPath()}/${path}`;
}

/** Makes a directory for images or logs: memory of processes is in them, so for nobody else. */
export function makePrivateDirectory(path: string): void {
  makeDirectories(path, 0o700);
}

/** Whether a directory of images is there. */
export function isThere(path: string): boolean {
  return statIfAny(path)?.type === "directory";
}

/** Opens a namespace that the restored container is to be in. */
export function openNamespaceFile(path: string): Fd {
  return openFile(path, O_RDONLY);
}

/** The number that criu has written to its pid file. */
export { readFile as readPidFile } from "../linux/file.ts";
