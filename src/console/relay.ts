// SPDX-License-Identifier: Apache-2.0
/** The caller's terminal joined to the container's, for a container in the foreground. */
import { isErrno } from "../linux/errors.ts";
import { type Fd, setNonBlocking } from "../linux/fd.ts";
import { readBytes, writeBytes } from "../linux/file.ts";
import { poll, POLLIN, POLLOUT, type Pollable, type PollRequest } from "../linux/poll.ts";
import { getSettings, isTerminal, rawSettings, setSettings, setTerminalSize, type TerminalSettings } from "../linux/tty.ts";
import { callersSize } from "./terminal.ts";

const STDIN = 0;
const STDOUT = 1;
const CHUNK = 16 * 1024;
const END_OF_INPUT = new Uint8Array([4]); // VEOF of a fresh terminal, Ctrl-D

type Channel = "input" | "masterIn" | "masterOut" | "output";

/**
 * Copies between the caller's stdin and stdout and the master of the container's terminal. The caller's terminal is raw for
 * as long as this object lives: every key, Ctrl-C too, goes to the container. Signals must be blocked (see catchSignals()).
 */
export class TerminalRelay implements Pollable {
  readonly #master: Fd;
  readonly #saved: TerminalSettings | undefined;
  #toMaster: Uint8Array = new Uint8Array(0);
  #toOutput: Uint8Array = new Uint8Array(0);
  #inputOpen = true;
  #masterOpen = true;
  #asked: readonly Channel[] = [];

  /** Takes the master over. */
  constructor(master: Fd) {
    this.#master = master;
    setNonBlocking(master, true);
    this.#saved = isTerminal(STDIN) ? getSettings(STDIN) : undefined;
    this.resize();
    if (this.#saved !== undefined) setSettings(STDIN, rawSettings(this.#saved));
  }

  /** Puts the caller's terminal back and closes the master. */
  [Symbol.dispose](): void {
    if (this.#saved !== undefined) setSettings(STDIN, this.#saved);
    this.#master.close();
  }

  /** The container's terminal gets the size of the caller's. */
  resize(): void {
    const size = callersSize();
    if (size !== undefined) setTerminalSize(this.#master, size);
  }

  requests(): PollRequest[] {
    const wanted: [Channel, PollRequest][] = [];
    // Nothing is read on one side before the other has taken what was read last: that bounds the memory.
    if (this.#inputOpen && this.#toMaster.length === 0) wanted.push(["input", { fd: STDIN, events: POLLIN }]);
    if (this.#masterOpen && this.#toMaster.length > 0) wanted.push(["masterOut", { fd: this.#master, events: POLLOUT }]);
    if (this.#masterOpen && this.#toOutput.length === 0) wanted.push(["masterIn", { fd: this.#master, events: POLLIN }]);
    if (this.#toOutput.length > 0) wanted.push(["output", { fd: STDOUT, events: POLLOUT }]);
    this.#asked = wanted.map(([channel]) => channel);
    return wanted.map(([, request]) => request);
  }

  handle(events: readonly number[]): void {
    this.#asked.forEach((channel, index) => {
      if ((events[index] ?? 0) === 0) return;
      if (channel === "input") this.#readInput();
      else if (channel === "masterIn") this.#readMaster();
      else if (channel === "masterOut") this.#writeMaster();
      else this.#writeOutput();
    });
  }

  /** After the process has ended: copies what it wrote last. */
  finish(): void {
    while (this.#masterOpen || this.#toOutput.length > 0) {
      if (this.#toOutput.length > 0) {
        poll([{ fd: STDOUT, events: POLLOUT }]);
        this.#writeOutput();
      } else if (!this.#readMaster()) return;
    }
  }

  #readInput(): void {
    const chunk = readSome(STDIN);
    if (chunk === undefined) return;
    if (chunk.length > 0) {
      this.#toMaster = chunk;
      return;
    }
    this.#inputOpen = false;
    this.#toMaster = END_OF_INPUT;
  }

  /** False when there is nothing to read now. */
  #readMaster(): boolean {
    const chunk = readSome(this.#master);
    if (chunk === undefined) return false;
    this.#toOutput = chunk;
    this.#masterOpen = chunk.length > 0;
    return true;
  }

  #writeMaster(): void {
    try {
      this.#toMaster = this.#toMaster.subarray(writeBytes(this.#master, this.#toMaster));
    } catch (error) {
      if (isErrno(error, "EAGAIN")) return;
      if (!isErrno(error, "EIO")) throw error; // EIO: nobody has the other side open any more
      this.#toMaster = new Uint8Array(0);
    }
  }

  #writeOutput(): void {
    try {
      this.#toOutput = this.#toOutput.subarray(writeBytes(STDOUT, this.#toOutput));
    } catch (error) {
      if (isErrno(error, "EAGAIN")) return;
      // The reader of our output is gone; the container is not to be stopped by that.
      if (!isErrno(error, "EPIPE", "EIO")) throw error;
      this.#toOutput = new Uint8Array(0);
    }
  }
}

/** What can be read now: undefined for nothing yet, empty at the end. */
function readSome(fd: Fd | number): Uint8Array | undefined {
  const chunk = new Uint8Array(CHUNK);
  try {
    return chunk.subarray(0, readBytes(fd, chunk));
  } catch (error) {
    if (isErrno(error, "EAGAIN")) return undefined;
    if (isErrno(error, "EIO")) return chunk.subarray(0, 0); // a master without a slave, or a terminal that hung up
    throw error;
  }
}
