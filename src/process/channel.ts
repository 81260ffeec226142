// SPDX-License-Identifier: Apache-2.0
/** The socket pair between the runtime and the processes it clones, one message a packet. socketpair(2), SOCK_SEQPACKET */
import { isErrno } from "../linux/errors.ts";
import type { Fd } from "../linux/fd.ts";
import { readBytes, writeAll } from "../linux/file.ts";
import { decodeUtf8, encodeUtf8 } from "../linux/text.ts";
import { MessageReceiver, type ReceivedMessage, sendMessage, SOCK_SEQPACKET, socketPair } from "../linux/socket.ts";
import {
  decodeError,
  decodeMessage,
  encodeError,
  encodeMessage,
  messageLimit,
  type Message,
  type MessageType,
} from "./messages.ts";

/** The other side closed the channel without a word. */
export class ChannelClosedError extends Error {
  constructor() {
    super("the other process ended without saying why");
    this.name = "ChannelClosedError";
  }
}

export interface Received {
  readonly message: Message;
  readonly fds: readonly Fd[];
}

/** One end of the channel. */
export class Channel {
  readonly #fd: Fd;
  readonly #warn: (text: string) => void;
  #receiver: MessageReceiver | undefined;
  /** The other side has ended with messages that it had not read. */
  #broken = false;

  constructor(fd: Fd, warn: (text: string) => void) {
    this.#fd = fd;
    this.#warn = warn;
  }

  /** Descriptor number, for close_range(2) and poll(2); it stays owned here. */
  get number(): number {
    return this.#fd.number;
  }

  /** Throws what the other side had to say when it has ended, else ChannelClosedError. */
  send(message: Message, fds: readonly Fd[] = []): void {
    try {
      sendMessage(this.#fd, encodeUtf8(encodeMessage(message)), fds);
    } catch (error) {
      if (!isErrno(error, "EPIPE", "ECONNRESET")) throw error;
      while (this.receive() !== undefined); // what it said before it failed
      throw new ChannelClosedError();
    }
  }

  /**
   * As send(), with nothing but write(2): for a process that may be under its seccomp filter already. Where nobody listens any
   * more it is ended by SIGPIPE, which is what it would do anyway.
   */
  sendPlain(message: Message): void {
    writeAll(this.#fd, encodeUtf8(encodeMessage(message)));
  }

  /** As expect(), with nothing but read(2): for a process that is under its seccomp filter already. */
  expectPlain(...types: MessageType[]): MessageType {
    const buffer = new Uint8Array(256);
    const length = readBytes(this.#fd, buffer);
    if (length === 0) throw new ChannelClosedError();
    const message = decodeMessage(decodeUtf8(buffer.subarray(0, length)));
    if (!types.includes(message.type))
      throw new Error(`message ${JSON.stringify(message.type)} came where ${JSON.stringify(types)} was due`);
    return message.type;
  }

  /** Sends an error as data. The other side may be gone already; then nobody is left to be told. */
  sendError(error: unknown): void {
    try {
      sendMessage(this.#fd, encodeUtf8(encodeMessage({ type: "error", chain: encodeError(error) })));
    } catch (failure) {
      if (!isErrno(failure, "EPIPE", "ECONNRESET")) throw failure;
    }
  }

  /**
   * The next message, or undefined at the end of file. Warnings are passed to the logger on the way.
   *
   * Throws the error that the other side sent, and ChannelClosedError when it died before it read all that was sent to it.
   */
  receive(): Received | undefined {
    for (;;) {
      const { data, fds } = this.#receiveMessage();
      if (data.length === 0) {
        if (this.#broken) throw new ChannelClosedError();
        return undefined;
      }
      const message = decodeMessage(decodeUtf8(data));
      if (message.type === "error") throw decodeError(message.chain);
      if (message.type !== "warning") return { message, fds };
      this.#warn(message.text);
    }
  }

  #receiveMessage(): ReceivedMessage {
    const receiver = (this.#receiver ??= new MessageReceiver(messageLimit));
    try {
      return receiver.receive(this.#fd);
    } catch (error) {
      if (!isErrno(error, "ECONNRESET")) throw error;
      // The kernel says it once, and before it hands out what was sent.
      this.#broken = true;
      return receiver.receive(this.#fd);
    }
  }

  /** Waits for a message of one type. Throws ChannelClosedError at the end of file, and when another message comes. */
  expect<T extends MessageType>(type: T): Extract<Message, { type: T }> & { readonly fds: readonly Fd[] } {
    const received = this.receive();
    if (received === undefined) throw new ChannelClosedError();
    if (!isType(received.message, type)) {
      throw new Error(`message ${JSON.stringify(received.message.type)} came where ${JSON.stringify(type)} was due`);
    }
    return { ...received.message, fds: received.fds };
  }

  close(): void {
    this.#fd.close();
  }
}

function isType<T extends MessageType>(message: Message, type: T): message is Extract<Message, { type: T }> {
  return message.type === type;
}

/** Both ends of a new channel. `warn` gets the warnings of the clones; only the runtime's end ever receives one. */
export function openChannel(warn: (text: string) => void): { readonly parentEnd: Channel; readonly childEnd: Channel } {
  const [parent, child] = socketPair(SOCK_SEQPACKET);
  return { parentEnd: new Channel(parent, warn), childEnd: new Channel(child, warn) };
}
