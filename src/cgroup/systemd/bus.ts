// SPDX-License-Identifier: Apache-2.0
/** A connection to D-Bus, or to systemd itself: calls, their replies, and signals. D-Bus specification, "Authentication Protocol" */
import { connectAbstract } from "../../linux/abstract-socket.ts";
import { describe, HintedError, isErrno } from "../../linux/errors.ts";
import type { Fd } from "../../linux/fd.ts";
import { readBytes } from "../../linux/file.ts";
import { POLLIN, waitReadable } from "../../linux/poll.ts";
import { connectUnix, sendAll } from "../../linux/socket.ts";
import { decodeUtf8, encodeUtf8 } from "../../linux/text.ts";
import { monotonicTime } from "../../linux/time.ts";
import { addressesOf, type BusAddress } from "./address.ts";
import { type Call, decodeMessage, encodeCall, type Message, messageLength, prefixLength } from "./message.ts";
import type { Value } from "./wire.ts";

/** What systemd needs longer for than this is not going to happen. */
const patienceMs = 30_000;

/** An error that the other side has sent. */
export class BusError extends Error {
  /** E.g. `org.freedesktop.systemd1.NoSuchUnit`. */
  readonly busName: string;

  constructor(name: string, text: string) {
    super(`${text} (${name})`);
    this.name = "BusError";
    this.busName = name;
  }
}

/** Nobody answers at any of the addresses. */
export class NoBusError extends HintedError {
  readonly code = "unsupported";
}

const hello: Call = {
  destination: "org.freedesktop.DBus",
  path: "/org/freedesktop/DBus",
  interface: "org.freedesktop.DBus",
  member: "Hello",
};

export class Bus {
  readonly #socket: Fd;
  readonly #direct: boolean;
  #serial = 0;
  #received = new Uint8Array(0);
  readonly #signals: Message[] = [];

  /** Connects to the first address that answers. Throws NoBusError. */
  static open(addresses: readonly string[]): Bus {
    const reasons: string[] = [];
    for (const address of addressesOf(addresses)) {
      try {
        return new Bus(address);
      } catch (error) {
        reasons.push(describe(error));
      }
    }
    throw new NoBusError(`no systemd can be reached: ${reasons.join("; ") || "the session has no bus"}`, {
      hint: "call without --systemd-cgroup on a host without systemd; a user needs DBUS_SESSION_BUS_ADDRESS or XDG_RUNTIME_DIR",
    });
  }

  private constructor(address: BusAddress) {
    this.#direct = address.direct;
    this.#socket = address.path === undefined ? connectAbstract(address.abstract ?? "") : connectUnix(address.path);
    try {
      this.#authenticate();
      if (!this.#direct) this.call(hello);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  close(): void {
    this.#socket.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** By the credentials of the socket: no id is sent, because in a user namespace it would be another one. */
  #authenticate(): void {
    sendAll(this.#socket, encodeUtf8("\0AUTH EXTERNAL\r\nDATA\r\nBEGIN\r\n"));
    const deadline = deadlineIn(patienceMs);
    for (;;) {
      const line = this.#takeLine();
      if (line === undefined) this.#receiveMore(deadline);
      else if (line.startsWith("OK ")) return;
      else if (line !== "DATA") throw new Error(`the bus does not accept this user: ${JSON.stringify(line)}`);
    }
  }

  #takeLine(): string | undefined {
    const end = this.#received.indexOf(0x0a);
    if (end === -1) return undefined;
    const line = decodeUtf8(this.#received.subarray(0, end)).trimEnd();
    this.#received = this.#received.slice(end + 1);
    return line;
  }

  /** Calls and waits for the answer. Throws BusError when that is an error. */
  call(call: Call): readonly Value[] {
    const serial = this.#send(call);
    const deadline = deadlineIn(patienceMs);
    for (;;) {
      const message = this.#receive(deadline);
      if (message.type === "signal") this.#signals.push(message);
      else if (message.replyTo !== serial) continue;
      else if (message.type === "error") throw new BusError(message.error ?? "", String(message.body[0] ?? "no reason given"));
      else return message.body;
    }
  }

  #send(call: Call): number {
    const serial = ++this.#serial;
    const { destination, ...rest } = call;
    sendAll(this.#socket, encodeCall(this.#direct ? rest : { ...rest, destination }, serial));
    return serial;
  }

  /** Makes the bus send these signals to us. Nothing to do where there is no bus. */
  match(rule: string): void {
    if (this.#direct) return;
    this.call({ ...hello, member: "AddMatch", signature: "s", body: [rule] });
  }

  /** The first signal `member`, received already or to come, that `accept` takes. */
  signal(member: string, accept: (body: readonly Value[]) => boolean): readonly Value[] {
    const isIt = (message: Message): boolean => message.member === member && accept(message.body);
    const known = this.#signals.find(isIt);
    if (known !== undefined) return known.body;
    const deadline = deadlineIn(patienceMs);
    for (;;) {
      const message = this.#receive(deadline);
      if (message.type === "signal" && isIt(message)) return message.body;
    }
  }

  #receive(deadline: bigint): Message {
    for (;;) {
      if (this.#received.length >= prefixLength) {
        const length = messageLength(this.#received);
        if (this.#received.length >= length) {
          const message = decodeMessage(this.#received.slice(0, length));
          this.#received = this.#received.slice(length);
          return message;
        }
      }
      this.#receiveMore(deadline);
    }
  }

  #receiveMore(deadline: bigint): void {
    const left = Number((deadline - monotonicTime()) / 1_000_000n);
    if (left <= 0 || !waitReadable(this.#socket, POLLIN, left)) {
      throw new Error(`systemd has not answered for ${patienceMs / 1000} s`);
    }
    const chunk = new Uint8Array(16 * 1024);
    const count = this.#read(chunk);
    if (count === 0) throw new Error("the bus has closed the connection");
    const joined = new Uint8Array(this.#received.length + count);
    joined.set(this.#received);
    joined.set(chunk.subarray(0, count), this.#received.length);
    this.#received = joined;
  }

  #read(chunk: Uint8Array): number {
    try {
      return readBytes(this.#socket, chunk);
    } catch (error) {
      if (isErrno(error, "ECONNRESET")) return 0;
      throw error;
    }
  }
}

function deadlineIn(milliseconds: number): bigint {
  return monotonicTime() + BigInt(milliseconds) * 1_000_000n;
}
