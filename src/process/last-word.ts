// SPDX-License-Identifier: Apache-2.0
/**
 * A page that the runtime shares with what it clones, for the one process that may have no descriptor open: where it says why
 * it could not become its program, and where its cloner writes its pid. Whoever may trace that process may write here as well
 * (CAP_SYS_PTRACE in the container): what is read is a claim.
 */
import { decodeUtf8, encodeUtf8, sharedBytes } from "../linux/host.ts";
import { decodeError, decodeMessage, encodeError, encodeMessage } from "./messages.ts";

const size = 64 * 1024;
const textStart = 8;

export class LastWord {
  readonly #bytes = sharedBytes(size);
  readonly #numbers = new DataView(this.#bytes.buffer);

  /** Pid of the last clone; 0 as long as there is none. To be believed only of a child: isChild(). */
  get pid(): number {
    return this.#numbers.getUint32(0, true);
  }

  set pid(pid: number) {
    this.#numbers.setUint32(0, pid, true);
  }

  /** Says why there is no program. */
  fail(error: unknown): void {
    const text = encodeUtf8(encodeMessage({ type: "error", chain: encodeError(error) })).subarray(0, size - textStart);
    this.#bytes.set(text, textStart);
    this.#numbers.setUint32(4, text.length, true);
  }

  /** What fail() was told, or undefined. */
  failure(): Error | undefined {
    const length = this.#numbers.getUint32(4, true);
    if (length === 0 || length > size - textStart) return undefined;
    const message = decodeMessage(decodeUtf8(this.#bytes.slice(textStart, textStart + length)));
    return message.type === "error" ? decodeError(message.chain) : undefined;
  }
}
