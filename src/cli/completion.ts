// SPDX-License-Identifier: Apache-2.0
/** Completion scripts, from the descriptions. Pure. */
import { bashCompletion } from "./completion/bash.ts";
import { fishCompletion } from "./completion/fish.ts";
import { zshCompletion } from "./completion/zsh.ts";
import type { ProgramDescription } from "./describe.ts";

const writers = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } as const;

export type Shell = keyof typeof writers;

export const shells: readonly Shell[] = ["bash", "zsh", "fish"];

/** The text that a shell reads to complete command lines of runt. */
export function completionScript(shell: Shell, program: ProgramDescription): string {
  return writers[shell](program);
}
