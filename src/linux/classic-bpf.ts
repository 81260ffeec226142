// SPDX-License-Identifier: Apache-2.0
/** Classic BPF, the language of system call filters: instructions as data, and as the bytes of `struct sock_filter`. */
import { BPF_ABS, BPF_JA, BPF_JEQ, BPF_JGE, BPF_JGT, BPF_JMP, BPF_K, BPF_LD, BPF_RET, BPF_W } from "#gen/constants.ts";

export { BPF_MAXINSNS } from "#gen/constants.ts";

/** One instruction: `jt` and `jf` are how many instructions a comparison skips when it holds and when it does not. */
export interface Instruction {
  readonly code: number;
  readonly jt: number;
  readonly jf: number;
  readonly k: number;
}

/** Bytes of one instruction: a 16-bit code, two 8-bit jumps, a 32-bit operand. */
export const INSTRUCTION_SIZE = 8;

/** Loads the 32-bit word at `offset` of `struct seccomp_data`. */
export function load(offset: number): Instruction {
  return { code: BPF_LD | BPF_W | BPF_ABS, jt: 0, jf: 0, k: offset };
}

const COMPARISONS = { equal: BPF_JEQ, greater: BPF_JGT, greaterOrEqual: BPF_JGE };

/** Compares what was loaded with `k`, unsigned. */
export function compare(how: keyof typeof COMPARISONS, k: number, jt: number, jf: number): Instruction {
  return { code: BPF_JMP | COMPARISONS[how] | BPF_K, jt, jf, k };
}

/** Skips `count` instructions. */
export function skip(count: number): Instruction {
  return { code: BPF_JMP | BPF_JA, jt: 0, jf: 0, k: count };
}

/** Ends the filter with an action (SECCOMP_RET_*). */
export function answer(action: number): Instruction {
  return { code: BPF_RET | BPF_K, jt: 0, jf: 0, k: action };
}

/** The bytes of some instructions, as the kernel reads them. */
export function assemble(instructions: readonly Instruction[]): Uint8Array {
  const bytes = new Uint8Array(instructions.length * INSTRUCTION_SIZE);
  const view = new DataView(bytes.buffer);
  instructions.forEach(({ code, jt, jf, k }, index) => {
    const at = index * INSTRUCTION_SIZE;
    view.setUint16(at, code, true);
    view.setUint8(at + 2, jt);
    view.setUint8(at + 3, jf);
    view.setUint32(at + 4, k >>> 0, true);
  });
  return bytes;
}

/** The instructions of a program. */
export function disassemble(bytes: Uint8Array): Instruction[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length / INSTRUCTION_SIZE }, (_, index) => {
    const at = index * INSTRUCTION_SIZE;
    return {
      code: view.getUint16(at, true),
      jt: view.getUint8(at + 2),
      jf: view.getUint8(at + 3),
      k: view.getUint32(at + 4, true),
    };
  });
}
