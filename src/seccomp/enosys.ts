// SPDX-License-Identifier: Apache-2.0
/**
 * ENOSYS for system calls that are younger than the profile.
 *
 * A C library tries a new call and falls back to an older one on ENOSYS. A profile that was written before the call existed would
 * answer with its default, EPERM mostly, and the library takes that for the call's own answer. So whatever has a higher number
 * than every call that the profile names is answered first, in front of the filter proper.
 */
import { BPF_MAXINSNS, INSTRUCTION_SIZE, answer, assemble, compare, load, skip } from "../linux/classic-bpf.ts";
import type { Instruction } from "../linux/classic-bpf.ts";

/** What the profile names of one architecture. */
export interface KnownCalls {
  /** AUDIT_ARCH_*, as the kernel tells the filter. */
  readonly audit: number;
  /** Highest number that the profile names; -1 for none. */
  readonly last: number;
  /**
   * x86-64 alone: its calls share the audit number with those of x32, which have bit 30 set. The highest of those if the profile
   * filters x32 as well; without, they are the filter's business.
   */
  readonly lastX32?: number | undefined;
}

/** Offsets in struct seccomp_data. */
const NUMBER = 0;
const ARCHITECTURE = 4;
/** __X32_SYSCALL_BIT */
const X32_BIT = 0x40000000;
/** AUDIT_ARCH_X86_64 */
const AUDIT_X86_64 = 0xc000003e;

/** `program` with the answer for younger calls in front; `enosys` is that answer. Throws when it becomes too long for the kernel. */
export function answerYoungerCalls(program: Uint8Array, architectures: readonly KnownCalls[], enosys: number): Uint8Array {
  const known = architectures.filter(({ last, lastX32 }) => last >= 0 || (lastX32 ?? -1) >= 0);
  if (known.length === 0) return program;
  const prologue = assemble(instructions(known, enosys));
  const whole = new Uint8Array(prologue.length + program.length);
  const length = whole.length / INSTRUCTION_SIZE;
  if (length > BPF_MAXINSNS) throw new Error(`seccomp filter has ${length} instructions, and the kernel takes ${BPF_MAXINSNS}`);
  whole.set(prologue);
  whole.set(program, prologue.length);
  return whole;
}

function instructions(architectures: readonly KnownCalls[], enosys: number): Instruction[] {
  const bodies = architectures.map((known) => body(known, enosys));
  let left = bodies.reduce((sum, steps) => sum + steps.length + 2, 0);
  const out = [load(ARCHITECTURE)];
  architectures.forEach(({ audit }, index) => {
    const steps = bodies[index] ?? [];
    left -= steps.length + 2;
    // Each body ends where the filter proper begins: by a jump over the bodies that are left.
    out.push(compare("equal", audit, 0, steps.length + 1), ...steps, skip(left));
  });
  return out;
}

/** Ends with the answer, or falls off its end to go on with the filter. */
function body({ audit, last, lastX32 }: KnownCalls, enosys: number): Instruction[] {
  const end = answer(enosys);
  if (audit !== AUDIT_X86_64) return [load(NUMBER), compare("greater", last, 0, 1), end];
  if (lastX32 === undefined) {
    return [load(NUMBER), compare("greaterOrEqual", X32_BIT, 2, 0), compare("greater", last, 0, 1), end];
  }
  return [
    load(NUMBER),
    compare("greaterOrEqual", X32_BIT, 0, 1),
    compare("greater", lastX32, 1, 2),
    compare("greater", last, 0, 1),
    end,
  ];
}
