// SPDX-License-Identifier: Apache-2.0
/** What a command hands to its caller besides its exit code: the pid file, the pidfd, the terminal. */
import { unlink } from "../linux/directory.ts";
import { HintedError, isErrno, within } from "../linux/errors.ts";
import { openFile, writeFileAtomic, O_DIRECTORY, O_PATH } from "../linux/file.ts";
import { openPidfd } from "../linux/process.ts";
import { connectUnix, sendMessage } from "../linux/socket.ts";
import { encodeUtf8 } from "../linux/text.ts";

/** Why a pid file cannot be written. */
const pidFileHints = {
  ENOENT: "make its directory first, or name another file",
  ENOTDIR: "make its directory first, or name another file",
  EISDIR: "name a file in it",
  EACCES: "name a file where the caller may write",
  EPERM: "name a file where the caller may write",
  EROFS: "name a file where the caller may write",
};

/**
 * Writes the pid in decimal, without a newline, so that a reader sees all of it or no file. The path is opened by its
 * directory at the time of the call.
 */
export function writePidFile(path: string, pid: number): void {
  within(
    `write pid file ${JSON.stringify(path)}`,
    () => {
      const { directory, name } = split(path);
      using dir = openFile(directory, O_PATH | O_DIRECTORY);
      writeFileAtomic(dir, name, String(pid));
    },
    pidFileHints,
  );
}

/** Takes a pid file back: engines read from its absence that the runtime failed. */
export function removePidFile(path: string): void {
  try {
    unlink(path);
  } catch (error) {
    // What could not be written is not there, and a directory is not ours. On a file system that is read-only nothing has changed.
    if (!isErrno(error, "ENOENT", "ENOTDIR", "EISDIR", "EROFS")) throw error;
  }
}

function split(path: string): { readonly directory: string; readonly name: string } {
  const slash = path.lastIndexOf("/");
  return { directory: slash === -1 ? "." : path.slice(0, slash + 1), name: path.slice(slash + 1) };
}

/** Sends a pidfd of `pid` to the socket at `path`, with the word "pidfd", in one message. unix(7), SCM_RIGHTS */
export function sendPidfd(path: string, pid: number): void {
  try {
    using socket = connectUnix(path);
    using pidfd = openPidfd(pid);
    sendMessage(socket, encodeUtf8("pidfd"), [pidfd]);
  } catch (cause) {
    const hint = "whoever sets the annotation run.oci.pidfd_receiver must listen there before";
    throw new HintedError("send the pidfd", { cause, hint });
  }
}
