// SPDX-License-Identifier: Apache-2.0
/** Which descriptors live on. What a caller leaked to the runtime must be out of reach before a hostile config is obeyed. */
import { traceDescriptor } from "../linux/host.ts";
import { closeRange, closeSpan, isOpenDescriptor, setCloseOnExec } from "../linux/fd.ts";

/** First number after standard input, output and error. */
export const firstDescriptor = 3;

/**
 * In a new clone, before anything else: closes every descriptor that is neither standard nor in `keep`. A descriptor of a host
 * directory that lives on, even close-on-exec, could be the working directory of the container (CVE-2024-21626). close_range(2)
 */
export function closeAllBut(keep: readonly number[]): void {
  let from = firstDescriptor;
  const trace = traceDescriptor();
  for (const number of [...keep, ...(trace === -1 ? [] : [trace])].sort((a, b) => a - b)) {
    if (number < from) continue;
    if (number > from) closeSpan(from, number - 1);
    from = number + 1;
  }
  closeRange(from);
}

/**
 * The numbers that `--preserve-fds COUNT` names, which come after those that LISTEN_FDS does. Throws when one of them is not open:
 * then the caller is mistaken.
 */
export function preservedDescriptors(count: number, listening = 0): number[] {
  const numbers = Array.from({ length: listening + count }, (_, index) => firstDescriptor + index);
  const missing = numbers.find((number) => !isOpenDescriptor(number));
  if (missing === undefined) return numbers;
  const who = missing < firstDescriptor + listening ? `LISTEN_FDS=${listening}` : `--preserve-fds ${count}`;
  throw new Error(`${who}: descriptor ${missing} is not open`);
}

/** Hands these on to the program. */
export function keepOpenAcrossExec(numbers: readonly number[]): void {
  for (const number of numbers) setCloseOnExec(number, false);
}
