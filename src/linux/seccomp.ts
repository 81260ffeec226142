// SPDX-License-Identifier: Apache-2.0
/** Filters of system calls: compiled by libseccomp, loaded by seccomp(2). */
import {
  SCMP_CMP_EQ,
  SCMP_CMP_GE,
  SCMP_CMP_GT,
  SCMP_CMP_LE,
  SCMP_CMP_LT,
  SCMP_CMP_MASKED_EQ,
  SCMP_CMP_NE,
  SCMP_VER_MAJOR,
  SCMP_VER_MICRO,
  SCMP_VER_MINOR,
  SECCOMP_FILTER_FLAG_LOG,
  SECCOMP_FILTER_FLAG_SPEC_ALLOW,
  SECCOMP_FILTER_FLAG_TSYNC,
  SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV,
  SECCOMP_RET_ALLOW,
  SECCOMP_RET_DATA,
  SECCOMP_RET_ERRNO,
  SECCOMP_RET_KILL_PROCESS,
  SECCOMP_RET_KILL_THREAD,
  SECCOMP_RET_LOG,
  SECCOMP_RET_TRACE,
  SECCOMP_RET_TRAP,
  SECCOMP_RET_USER_NOTIF,
  SECCOMP_SET_MODE_FILTER,
  __NR_SCMP_ERROR,
} from "#gen/constants.ts";
import { scmp_arg_cmp, sock_fprog } from "#gen/structs.ts";
import * as ffi from "runt:ffi";
import { addressOf } from "./address.ts";
import { BPF_MAXINSNS, INSTRUCTION_SIZE } from "./classic-bpf.ts";
import { isErrno } from "./errors.ts";
import { pack } from "./struct.ts";

export { SECCOMP_FILTER_FLAG_NEW_LISTENER, SECCOMP_FILTER_FLAG_TSYNC_ESRCH } from "#gen/constants.ts";

/** Version of the libseccomp that is linked in. */
export const libseccompVersion = `${SCMP_VER_MAJOR}.${SCMP_VER_MINOR}.${SCMP_VER_MICRO}`;

/** Actions of a filter by libseccomp's names. */
export const filterActions = {
  SCMP_ACT_KILL: SECCOMP_RET_KILL_THREAD,
  SCMP_ACT_KILL_PROCESS: SECCOMP_RET_KILL_PROCESS,
  SCMP_ACT_KILL_THREAD: SECCOMP_RET_KILL_THREAD,
  SCMP_ACT_TRAP: SECCOMP_RET_TRAP,
  SCMP_ACT_ERRNO: SECCOMP_RET_ERRNO,
  SCMP_ACT_TRACE: SECCOMP_RET_TRACE,
  SCMP_ACT_ALLOW: SECCOMP_RET_ALLOW,
  SCMP_ACT_LOG: SECCOMP_RET_LOG,
  SCMP_ACT_NOTIFY: SECCOMP_RET_USER_NOTIF,
} as const;

/** Comparisons of an argument by libseccomp's names. */
export const filterOperators = {
  SCMP_CMP_NE,
  SCMP_CMP_LT,
  SCMP_CMP_LE,
  SCMP_CMP_EQ,
  SCMP_CMP_GE,
  SCMP_CMP_GT,
  SCMP_CMP_MASKED_EQ,
} as const;

/** Flags of seccomp(2) that a configuration may name. */
export const filterFlags = {
  SECCOMP_FILTER_FLAG_TSYNC,
  SECCOMP_FILTER_FLAG_LOG,
  SECCOMP_FILTER_FLAG_SPEC_ALLOW,
  SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV,
} as const;

/** An action with the number that goes with it: an errno, or a message to the tracer. */
export function actionWithData(action: number, data: number): number {
  return (action | (data & SECCOMP_RET_DATA)) >>> 0;
}

/** The architecture of this machine, as the kernel's audit number of it. seccomp_arch_native(3) */
export function nativeArchitecture(): number {
  return ffi.seccomp_arch_native() >>> 0;
}

/** The number of an architecture by its name in lower case ("x86_64"), or undefined. seccomp_arch_resolve_name(3) */
export function architectureByName(name: string): number | undefined {
  const number = ffi.seccomp_arch_resolve_name(name) >>> 0;
  return number === 0 ? undefined : number;
}

/**
 * The number of a system call, or undefined where libseccomp does not know the name. A negative number stands for a call that
 * this architecture does not have and another one has. seccomp_syscall_resolve_name_arch(3)
 */
export function syscallByName(name: string, architecture: number): number | undefined {
  const number = ffi.seccomp_syscall_resolve_name_arch(architecture, name);
  return number === __NR_SCMP_ERROR ? undefined : number;
}

/** A condition on an argument of a system call; `value` is the mask of SCMP_CMP_MASKED_EQ. */
export interface ArgumentCondition {
  readonly index: number;
  readonly operator: keyof typeof filterOperators;
  readonly value: number | bigint;
  readonly valueTwo: number | bigint;
}

/**
 * A filter under construction, for the native architecture at first. Its memory is libseccomp's and lives as long as the process:
 * a command compiles one filter at most.
 */
export class FilterBuilder {
  readonly #context: number;

  /** `defaultAction` is that of every call without a rule. seccomp_init(3) */
  constructor(defaultAction: number) {
    this.#context = ffi.seccomp_init(defaultAction);
  }

  /** Filters the calls of one more architecture; one that is there already is no error. seccomp_arch_add(3) */
  addArchitecture(architecture: number): void {
    try {
      ffi.seccomp_arch_add(this.#context, architecture);
    } catch (error) {
      if (!isErrno(error, "EEXIST")) throw error; // EEXIST: the native one, or one that is listed twice
    }
  }

  /** Adds a rule; all conditions must hold. seccomp_rule_add_array(3) */
  addRule(action: number, syscall: number, conditions: readonly ArgumentCondition[]): void {
    const bytes = new Uint8Array(conditions.length * scmp_arg_cmp.size);
    conditions.forEach(({ index, operator, value, valueTwo }, position) => {
      const comparison = { arg: index, op: filterOperators[operator], datum_a: value, datum_b: valueTwo };
      bytes.set(pack(scmp_arg_cmp, comparison), position * scmp_arg_cmp.size);
    });
    ffi.seccomp_rule_add_array(this.#context, action, syscall, conditions.length, conditions.length === 0 ? null : bytes);
  }

  /** The filter as a program for the kernel. seccomp_export_bpf_mem(3) */
  program(): Uint8Array {
    const length = new BigUint64Array(1);
    ffi.seccomp_export_bpf_mem(this.#context, null, length);
    const instructions = Number(length[0]) / INSTRUCTION_SIZE;
    // The kernel is told a number of 16 bits: a program that is long enough would become one of its first instructions.
    if (instructions > BPF_MAXINSNS)
      throw new Error(`the filter has ${instructions} instructions, and the kernel takes ${BPF_MAXINSNS}`);
    const program = new Uint8Array(Number(length[0]));
    ffi.seccomp_export_bpf_mem(this.#context, program, length);
    return program.subarray(0, Number(length[0]));
  }
}

/**
 * Puts a filter on the calling thread, for good. Returns the number of the listener's descriptor with
 * SECCOMP_FILTER_FLAG_NEW_LISTENER, and 0 without. Needs no_new_privs or CAP_SYS_ADMIN. seccomp(2)
 */
export function setFilter(program: Uint8Array, flags: number): number {
  const header = pack(sock_fprog, { len: program.length / INSTRUCTION_SIZE, filter: addressOf(program) });
  return ffi.seccomp(SECCOMP_SET_MODE_FILTER, flags, header);
}

/** Whether the kernel knows a flag: it looks at the flags before it looks for a program. seccomp(2) */
export function isFilterFlagSupported(flag: number): boolean {
  try {
    ffi.seccomp(SECCOMP_SET_MODE_FILTER, flag, null);
    return true;
  } catch (error) {
    if (isErrno(error, "EFAULT")) return true; // the flag passed, and the program is missing
    if (isErrno(error, "EINVAL", "ENOSYS")) return false; // an unknown flag, or a kernel without filters
    throw error;
  }
}
