// SPDX-License-Identifier: Apache-2.0
/** The streams of an exec or attach: a web socket whose messages begin with the number of their channel. */
import WebSocket from "ws";
import { eventually } from "../../lib/run.ts";

const CHANNEL = { input: 0, output: 1, error: 2, status: 3, resize: 4 };
const SECONDS = 10;

export class Streams {
  readonly #socket: WebSocket;
  readonly #texts = new Map<number, string>();
  #closed = false;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on("message", (data: Buffer) => {
      const channel = data[0] ?? -1;
      this.#texts.set(channel, (this.#texts.get(channel) ?? "") + data.subarray(1).toString());
    });
    socket.on("close", () => (this.#closed = true));
    socket.on("error", () => (this.#closed = true));
  }

  /** Connects to the URL that the service gave. */
  static async open(url: string): Promise<Streams> {
    const socket = new WebSocket(url.replace(/^http/, "ws"), "v4.channel.k8s.io", { handshakeTimeout: SECONDS * 1000 });
    const streams = new Streams(socket);
    await new Promise((resolve, reject) => {
      socket.once("open", resolve);
      socket.once("error", reject);
    });
    return streams;
  }

  #send(channel: number, text: string): void {
    this.#socket.send(Buffer.concat([Buffer.from([channel]), Buffer.from(text)]));
  }

  get output(): string {
    return this.#texts.get(CHANNEL.output) ?? "";
  }

  get errors(): string {
    return this.#texts.get(CHANNEL.error) ?? "";
  }

  /** What was said at the end: a Kubernetes status. */
  get status(): string {
    return this.#texts.get(CHANNEL.status) ?? "";
  }

  type(text: string): void {
    this.#send(CHANNEL.input, text);
  }

  resize(columns: number, rows: number): void {
    this.#send(CHANNEL.resize, JSON.stringify({ Width: columns, Height: rows }));
  }

  /** Waits until `text` was written to standard output; throws with what was when it is not. */
  async see(text: string): Promise<void> {
    if (!(await eventually(() => this.output.includes(text), SECONDS)))
      throw new Error(`"${text}" is not in ${JSON.stringify(this.output)}`);
  }

  /** Waits until the other side ends the connection. */
  async end(): Promise<void> {
    if (!(await eventually(() => this.#closed, SECONDS))) throw new Error("the streams do not end");
  }

  close(): void {
    this.#socket.terminate();
  }
}
