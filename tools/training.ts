// SPDX-License-Identifier: Apache-2.0
/**
 * The program that the engine learns from: compiled into a binary that counts which ways its code takes (Makefile, "the engine"). What
 * the heap image is prepared with is what every start does, and it asks the host nothing, so the counts are the same everywhere.
 */
import { prepare } from "../src/cli/prepare.ts";

const ROUNDS = 100;

export { prepare };

export function start(): number {
  for (let round = 0; round < ROUNDS; round++) prepare();
  return 0;
}
