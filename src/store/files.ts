// SPDX-License-Identifier: Apache-2.0
/** Files of a container beside its state: the gate until it is started, and a directory that is made when something is to be put into it. */
import { ensureDirectory, mkdir, removeTree } from "../linux/directory.ts";
import type { Fd } from "../linux/fd.ts";
import { O_DIRECTORY, O_RDONLY, openFile, readFileIfAny, stageFile } from "../linux/file.ts";
import { chmod, statIfAny } from "../linux/stat.ts";

/** No id has such a character, so that it is nobody's state file; and who lists the root need not see it. */
function besideState(root: string, id: string, what: "files" | "start" | "reply"): string {
  return `${root}/.${id}~${what}`;
}

/** Paths of the fifos of the gate. */
export function gateOf(root: string, id: string): { readonly start: string; readonly reply: string } {
  return { start: besideState(root, id, "start"), reply: besideState(root, id, "reply") };
}

/** Path of the directory. */
function filesOf(root: string, id: string): string {
  return besideState(root, id, "files");
}

/** Makes the directory unless it is there; returns its path. */
export function makeFiles(root: string, id: string): string {
  const path = filesOf(root, id);
  ensureDirectory(path, 0o700);
  return path;
}

/** Removes the directory with all in it, and the gate, of which the reply is made first. */
export function removeFiles(root: string, id: string): void {
  const { start, reply } = gateOf(root, id);
  if (statIfAny(reply) !== undefined) {
    removeTree(start);
    removeTree(reply);
  }
  const path = filesOf(root, id);
  if (statIfAny(path) !== undefined) removeTree(path);
}

const notifyName = "notify";

/** Where the socket of sd_notify(3) is, for a container that has one. */
export function notifyDirectoryOf(root: string, id: string): string {
  return `${filesOf(root, id)}/${notifyName}`;
}

/** Whether container `id` has such a directory. */
export function hasNotifyDirectory(root: string, id: string): boolean {
  return statIfAny(notifyDirectoryOf(root, id)) !== undefined;
}

/** Makes that directory; it will be mounted in the container, for any user there. */
export function makeNotifyDirectory(root: string, id: string): void {
  makeFiles(root, id);
  const path = notifyDirectoryOf(root, id);
  mkdir(path, 0o755);
  chmod(path, 0o755); // whatever the umask
}

const resourcesName = "resources.json";

/** The limits that the last `update` left; undefined before the first. */
export function readResources(root: string, id: string): string | undefined {
  return readFileIfAny(`${filesOf(root, id)}/${resourcesName}`);
}

/** Opens the directory, made if it is missing, for stageResources(). */
export function openFiles(root: string, id: string): Fd {
  return openFile(makeFiles(root, id), O_RDONLY | O_DIRECTORY);
}

/** Keeps the limits for the next `update`, once the function that it returns is called. */
export function stageResources(files: Fd, text: string): () => void {
  return stageFile(files, resourcesName, text, 0o600);
}
