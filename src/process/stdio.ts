// SPDX-License-Identifier: Apache-2.0
/** Standard input, output and error of the process. */
import { isErrno } from "../linux/errors.ts";
import { duplicateTo, type Fd } from "../linux/fd.ts";
import { O_NOCTTY, O_NOFOLLOW, O_RDWR, openFile } from "../linux/file.ts";
import { chownFd, type FileStat, fstat, fstatIfOpen } from "../linux/stat.ts";

const STANDARD = [0, 1, 2] as const;
const KEEP_GROUP = 0xffff_ffff;

/** /dev/null is character device 1:3 on every Linux. */
function isNull({ type, rdevMajor, rdevMinor }: FileStat): boolean {
  return type === "character" && rdevMajor === 1 && rdevMinor === 3;
}

/**
 * In init, after /dev is there and before the user change. What points at the host's /dev/null is re-opened on the container's, since
 * a descriptor is enough to change the mode of a device that all of the host uses. Pipes and files are given to the user of the
 * process, who could not re-open them through /dev/stdout otherwise; /dev/null stays whose it is.
 *
 * Throws when the container's /dev/null is something else, e.g. put there by the image. A container without one keeps the host's.
 */
export function handOverStdio(uid: number): void {
  const onNull: number[] = [];
  for (const number of STANDARD) {
    const file = fstatIfOpen(number);
    if (file === undefined) continue;
    if (isNull(file)) onNull.push(number);
    else if (file.uid !== uid) giveTo(uid, number);
  }
  if (onNull.length > 0) reopenNull(onNull);
}

function reopenNull(onNull: readonly number[]): void {
  using inside = openNullInside();
  if (inside === undefined) return;
  if (!isNull(fstat(inside))) throw new Error(`"/dev/null" of the container is not the null device`);
  for (const number of onNull) duplicateTo(inside, number);
}

function openNullInside(): Fd | undefined {
  try {
    return openFile("/dev/null", O_RDWR | O_NOFOLLOW | O_NOCTTY); // it may be anything yet
  } catch (error) {
    if (isErrno(error, "ENOENT", "ENOTDIR", "EACCES", "EPERM", "ENXIO")) return undefined; // there is none, or it is not for use
    throw error;
  }
}

function giveTo(uid: number, number: number): void {
  try {
    chownFd(number, uid, KEEP_GROUP);
  } catch (error) {
    // EINVAL, EPERM: an owner without a mapping in this user namespace; EROFS: a read-only file system. It still can be used.
    if (!isErrno(error, "EINVAL", "EPERM", "EROFS", "EOPNOTSUPP")) throw error;
  }
}

/** The same for a terminal, on which all three are. */
export function giveTerminalTo(uid: number): void {
  const file = fstatIfOpen(0);
  if (file !== undefined && file.uid !== uid) giveTo(uid, 0);
}

/** Makes `terminal` the standard input, output and error. */
export function useTerminal(terminal: Fd): void {
  for (const number of STANDARD) duplicateTo(terminal, number);
}
