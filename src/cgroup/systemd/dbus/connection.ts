// SPDX-License-Identifier: Apache-2.0
/** A connection to a D-Bus, or straight to a program that speaks it: calls, and signals that come meanwhile. */
import { HintedError } from "../../../linux/errors.ts";
import type { Fd } from "../../../linux/fd.ts";
import { decodeUtf8, encodeUtf8 } from "../../../linux/host.ts";
import { POLLIN, waitReadable } from "../../../linux/poll.ts";
import { connectUnix, receiveMessage, sendAll } from "../../../linux/socket.ts";
import { monotonicTime } from "../../../linux/time.ts";
import type { SocketName } from "./address.ts";
import { decodeMessage, encodeCall, lengthOfMessage, type Message, type MethodCall } from "./message.ts";
import type { DbusValue } from "./signature.ts";

/** How long the other side may take to answer. */
const answerMs = 25_000;
const chunk = 64 * 1024;

/** A method's answer that is an error. */
export class DbusError extends HintedError {
  /** Such as org.freedesktop.systemd1.UnitExists. */
  readonly errorName: string;

  constructor(errorName: string, text: string) {
    super(`${text} (${errorName})`, {});
    this.errorName = errorName;
  }
}

export class DbusConnection {
  readonly #socket: Fd;
  #received: Uint8Array = new Uint8Array(0);
  #serial = 0;
  /** Signals that came while something else was waited for. */
  readonly #signals: Message[] = [];

  private constructor(socket: Fd) {
    this.#socket = socket;
  }

  /** Connects and makes itself known as the user that the kernel says it is. Throws when nobody listens or the user is refused. */
  static open(name: SocketName): DbusConnection {
    const connection = new DbusConnection(connectUnix(name));
    try {
      connection.#authenticate();
      return connection;
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  /**
   * SASL EXTERNAL without an identity: the other side takes the socket's, which is right in a user namespace too, where this
   * process does not know its uid outside.
   */
  #authenticate(): void {
    sendAll(this.#socket, encodeUtf8("\0AUTH EXTERNAL\r\n"));
    let answer = this.#readLine();
    if (answer === "DATA") {
      sendAll(this.#socket, encodeUtf8("DATA\r\n"));
      answer = this.#readLine();
    }
    if (!answer.startsWith("OK ")) throw new Error(`D-Bus does not let this user in: it says ${JSON.stringify(answer)}`);
    sendAll(this.#socket, encodeUtf8("BEGIN\r\n"));
  }

  #readLine(): string {
    const deadline = deadlineIn(answerMs);
    for (;;) {
      const end = this.#received.indexOf(10);
      if (end !== -1) {
        const line = decodeUtf8(this.#received.slice(0, end)).trimEnd();
        this.#received = this.#received.slice(end + 1);
        return line;
      }
      if (this.#received.length > chunk) throw new Error("the other side does not speak D-Bus");
      if (!this.#receive(deadline)) throw noAnswer();
    }
  }

  /** Waits for more bytes; false when the time is up. */
  #receive(deadline: bigint): boolean {
    const left = Number((deadline - monotonicTime()) / 1_000_000n);
    if (left <= 0 || !waitReadable(this.#socket, POLLIN, left)) return false;
    const { data, fds } = receiveMessage(this.#socket, chunk);
    for (const fd of fds) fd.close();
    if (data.length === 0) throw new Error("D-Bus has closed the connection");
    const joined = new Uint8Array(this.#received.length + data.length);
    joined.set(this.#received);
    joined.set(data, this.#received.length);
    this.#received = joined;
    return true;
  }

  #nextMessage(deadline: bigint): Message | undefined {
    for (;;) {
      const length = lengthOfMessage(this.#received);
      if (length !== undefined && this.#received.length >= length) {
        const message = decodeMessage(this.#received.slice(0, length));
        this.#received = this.#received.slice(length);
        return message;
      }
      if (!this.#receive(deadline)) return undefined;
    }
  }

  /** Calls a method and returns what it answers. Throws DbusError for an answer that is an error. */
  call(call: MethodCall): readonly DbusValue[] {
    const serial = ++this.#serial;
    sendAll(this.#socket, encodeCall(call, serial));
    const deadline = deadlineIn(answerMs);
    for (;;) {
      const message = this.#nextMessage(deadline);
      if (message === undefined) throw noAnswer();
      if (message.kind === "signal") this.#signals.push(message);
      if (message.replySerial !== serial) continue;
      if (message.kind === "error") throw new DbusError(message.errorName ?? "", String(message.body[0] ?? "no reason given"));
      return message.body;
    }
  }

  /** The next signal that `isWanted`, those that have come already included; undefined when `milliseconds` have passed. */
  waitForSignal(isWanted: (signal: Message) => boolean, milliseconds: number): Message | undefined {
    const deadline = deadlineIn(milliseconds);
    for (;;) {
      const index = this.#signals.findIndex(isWanted);
      if (index !== -1) return this.#signals.splice(index, 1)[0];
      const message = this.#nextMessage(deadline);
      if (message === undefined) return undefined;
      if (message.kind === "signal") this.#signals.push(message);
    }
  }

  close(): void {
    this.#socket.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

function noAnswer(): Error {
  return new Error(`D-Bus has not answered for ${answerMs / 1000} s`);
}

function deadlineIn(milliseconds: number): bigint {
  return monotonicTime() + BigInt(milliseconds) * 1_000_000n;
}
