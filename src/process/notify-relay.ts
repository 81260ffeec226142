// SPDX-License-Identifier: Apache-2.0
/** What a container tells its service manager, taken from a socket of its own and told to the one of the runtime. sd_notify(3) */
import { connectAbstract } from "../linux/abstract-socket.ts";
import { unlink } from "../linux/directory.ts";
import { describe, isErrno } from "../linux/errors.ts";
import { type Fd, pipe } from "../linux/fd.ts";
import { poll, POLLIN, type Pollable, type PollRequest } from "../linux/poll.ts";
import { bindUnix, connectUnix, receiveMessage, sendMessage, SOCK_DGRAM } from "../linux/socket.ts";
import { decodeUtf8, encodeUtf8 } from "../linux/host.ts";
import { setUmask } from "../linux/identity.ts";
import { assignmentsToPass, readiness } from "./notify-text.ts";

const longestMessage = 16 * 1024;
/** How long the service manager may take to have read everything. */
const barrierMs = 30_000;

/**
 * A socket at `path` whose messages go to `host`, a path or "@" and an abstract name. What cannot be passed on is a warning: a
 * container is not to fail for it.
 */
export class NotifyRelay implements Pollable {
  readonly #socket: Fd;
  readonly #host: string;
  readonly #warn: (text: string) => void;
  #warned = false;

  constructor(path: string, host: string, warn: (text: string) => void) {
    this.#host = host;
    this.#warn = warn;
    removeOld(path);
    // For every user of the container, and without a second look at a path that the container may have changed.
    const before = setUmask(0);
    try {
      this.#socket = bindUnix(path, { type: SOCK_DGRAM, backlog: 0 });
    } finally {
      setUmask(before);
    }
  }

  requests(): PollRequest[] {
    return [{ fd: this.#socket, events: POLLIN }];
  }

  /** While the runtime stays: everything that a container may say is passed on. */
  handle([events = 0]: readonly number[]): void {
    if (events === 0) return;
    const received = this.#receive();
    const lines = assignmentsToPass(received.text);
    // Of what is passed on a barrier alone has a descriptor.
    const isBarrier = lines.some((line) => line.startsWith("BARRIER="));
    if (lines.length > 0) this.#send(lines, isBarrier ? received.fds : []);
    for (const fd of received.fds) fd.close();
  }

  /** Waits for the word that the container is ready, or for its end; then process `pid` takes the runtime's place. */
  waitUntilReady(pidfd: Fd, pid: number): void {
    for (;;) {
      const [told = 0] = poll([...this.requests(), { fd: pidfd, events: POLLIN }]);
      if (told === 0) return; // it has ended, and there is nothing left to read
      const { text, fds } = this.#receive();
      for (const fd of fds) fd.close();
      const ready = readiness(text);
      if (ready === undefined) continue;
      this.#send([ready], []);
      this.#send([`MAINPID=${pid}`], []);
      this.#barrier();
      return;
    }
  }

  /** A message that is no message of this protocol is empty: whoever sent it is the container's affair, and can do so for ever. */
  #receive(): { readonly text: string; readonly fds: readonly Fd[] } {
    try {
      const { data, fds } = receiveMessage(this.#socket, longestMessage);
      return { text: decodeUtf8(data), fds };
    } catch (error) {
      if (!this.#warned) this.#warn(`message of the container to its service manager: ${describe(error)}`);
      this.#warned = true;
      return { text: "", fds: [] };
    }
  }

  #send(lines: readonly string[], fds: readonly Fd[]): void {
    try {
      const abstract = this.#host.startsWith("@");
      using host = abstract ? connectAbstract(this.#host.slice(1), SOCK_DGRAM) : connectUnix(this.#host, SOCK_DGRAM);
      sendMessage(host, encodeUtf8(`${lines.join("\n")}\n`), fds);
    } catch (error) {
      this.#warn(`tell the service manager (NOTIFY_SOCKET): ${describe(error)}`);
    }
  }

  /** The service manager closes the pipe when it has read all that was sent before: from then on the runtime may be gone. */
  #barrier(): void {
    const { read, write } = pipe();
    using reader = read;
    this.#send(["BARRIER=1"], [write]);
    write.close();
    if (poll([{ fd: reader, events: 0 }], barrierMs)[0] === 0) {
      this.#warn(`the service manager has not read its messages within ${barrierMs / 1000} s`);
    }
  }

  [Symbol.dispose](): void {
    this.#socket.close();
  }
}

function removeOld(path: string): void {
  try {
    unlink(path);
  } catch (error) {
    if (!isErrno(error, "ENOENT")) throw error;
  }
}
