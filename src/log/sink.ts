// SPDX-License-Identifier: Apache-2.0
/** One entry to one destination. */
import { isErrno, within } from "../linux/errors.ts";
import type { Fd } from "../linux/fd.ts";
import { O_APPEND, O_CREAT, O_NOCTTY, O_WRONLY, openFile, writeAll } from "../linux/file.ts";
import { getPid } from "../linux/process.ts";
import { connectUnix, sendMessage, SOCK_DGRAM } from "../linux/socket.ts";
import { encodeUtf8 } from "../linux/text.ts";
import { describeDestination, type Destination } from "./destination.ts";
import { formatEntry, type LogEntry, type LogFormat } from "./format.ts";
import { journalDatagram, journalSocket, syslogDatagram, syslogSocket } from "./system-log.ts";

/**
 * Writes an entry; without one it only finds out whether that would work, and makes the file.
 *
 * The destination is opened each time and closed again, so that no descriptor of it is there when a container is made. A file is
 * appended to, and never cut. Throws, with its name, when it cannot be opened.
 */
export function writeEntry(destination: Destination, format: LogFormat, entry: LogEntry | undefined): void {
  within(`open ${describeDestination(destination)}`, () => {
    if (destination.kind === "file") append(destination.path, entry === undefined ? "" : formatEntry(format, entry));
    else send(destination.kind, destination.name, entry);
  });
}

function append(file: string, text: string): void {
  using fd = openFile(file, O_WRONLY | O_APPEND | O_CREAT | O_NOCTTY, 0o644);
  if (text !== "") unlessFull(() => writeAll(fd, text));
}

/** A daemon of the system that is down, or not there, is no reason to leave containers alone. */
function send(kind: "journald" | "syslog", name: string, entry: LogEntry | undefined): void {
  if (entry === undefined) return;
  using socket = connectIfThere(kind === "journald" ? journalSocket : syslogSocket);
  if (socket === undefined) return;
  const sender = { name, pid: getPid(), encode: encodeUtf8 };
  const datagram = kind === "journald" ? journalDatagram(entry, sender) : syslogDatagram(entry, sender);
  unlessFull(() => sendMessage(socket, datagram));
}

function connectIfThere(path: string): Fd | undefined {
  try {
    return connectUnix(path, SOCK_DGRAM);
  } catch (error) {
    if (error instanceof Error && isErrno(error.cause, "ENOENT", "ECONNREFUSED", "EACCES", "EPERM")) return undefined;
    throw error;
  }
}

/** What is to be logged is worth more than the log: it is on standard error too. */
function unlessFull(write: () => void): void {
  try {
    write();
  } catch (error) {
    if (!isErrno(error, "ENOSPC", "EDQUOT", "EPIPE", "EMSGSIZE", "ENOBUFS")) throw error;
  }
}
