// SPDX-License-Identifier: Apache-2.0
/**
 * Compiles device rules to an eBPF program for cgroup v2. Pure.
 *
 * The kernel calls the program for each open(2) and mknod(2) of a device with the type, the numbers and all rights that are asked
 * for. The rules are walked from the last to the first: a rule that gives rights takes them off what is still to be decided, a rule
 * that denies one of those ends the walk, and so does an empty rest.
 */
import type { DeviceCgroupRule } from "../../spec/types.ts";
import { allAccess, type DeviceRule, isEverything, reduceRules } from "./rules.ts";

/** Opcodes: class | size or operation | source. linux/bpf_common.h, linux/bpf.h */
const LOAD_WORD = 0x61; // BPF_LDX | BPF_MEM | BPF_W
const MOVE = 0xb7; // BPF_ALU64 | BPF_MOV | BPF_K
const COPY = 0xbc; // BPF_ALU | BPF_MOV | BPF_X: 32 bits
const AND = 0x54; // BPF_ALU | BPF_AND | BPF_K
const SHIFT_RIGHT = 0x74; // BPF_ALU | BPF_RSH | BPF_K
const JUMP = 0x05; // BPF_JMP | BPF_JA
const JUMP_NOT_EQUAL = 0x55; // BPF_JMP | BPF_JNE | BPF_K
const JUMP_ANY_BIT = 0x45; // BPF_JMP | BPF_JSET | BPF_K
const EXIT = 0x95; // BPF_JMP | BPF_EXIT

/** Registers: r0 is the result, r1 points to struct bpf_cgroup_dev_ctx. */
const RESULT = 0;
const CONTEXT = 1;
const TYPE = 2;
const ACCESS = 3;
const MAJOR = 4;
const MINOR = 5;

/** BPF_DEVCG_DEV_BLOCK, BPF_DEVCG_DEV_CHAR. linux/bpf.h */
const typeNumbers = { b: 1, c: 2 } as const;

export interface Instruction {
  readonly code: number;
  readonly to?: number;
  readonly from?: number;
  readonly offset?: number;
  readonly value?: number;
}

const prologue: readonly Instruction[] = [
  // access_type: the rights in the upper half, the type in the lower
  { code: LOAD_WORD, to: TYPE, from: CONTEXT, offset: 0 },
  { code: COPY, to: ACCESS, from: TYPE },
  { code: AND, to: TYPE, value: 0xffff },
  { code: SHIFT_RIGHT, to: ACCESS, value: 16 },
  { code: LOAD_WORD, to: MAJOR, from: CONTEXT, offset: 4 },
  { code: LOAD_WORD, to: MINOR, from: CONTEXT, offset: 8 },
];

const answer = (allow: boolean): Instruction[] => [{ code: MOVE, to: RESULT, value: allow ? 1 : 0 }, { code: EXIT }];

/** The instructions, or undefined when the rules allow everything and no program is needed. */
export function compileDeviceRules(rules: readonly DeviceCgroupRule[]): Instruction[] | undefined {
  const reduced = reduceRules(rules);
  if (reduced.length === 1 && reduced[0] !== undefined && isEverything(reduced[0]) && reduced[0].allow) return undefined;
  const instructions = [...prologue];
  for (const rule of reduced.reverse()) {
    instructions.push(...compileRule(rule));
    // What follows an answer for all would never be reached, and the kernel refuses such programs.
    if (isEverything(rule)) return instructions;
  }
  return [...instructions, ...answer(false)];
}

function compileRule({ allow, type, major, minor, access }: DeviceRule): Instruction[] {
  const body = allow ? allowBody(access) : denyBody(access);
  const conditions = [
    type === "a" ? undefined : { to: TYPE, value: typeNumbers[type] },
    major === undefined ? undefined : { to: MAJOR, value: major },
    minor === undefined ? undefined : { to: MINOR, value: minor },
  ].filter((condition) => condition !== undefined);
  const jumps = conditions.map((condition, index) => ({
    code: JUMP_NOT_EQUAL,
    ...condition,
    offset: conditions.length - 1 - index + body.length,
  }));
  return [...jumps, ...body];
}

function allowBody(access: number): Instruction[] {
  if (access === allAccess) return answer(true);
  return [
    { code: AND, to: ACCESS, value: allAccess & ~access },
    { code: JUMP_NOT_EQUAL, to: ACCESS, value: 0, offset: 2 },
    ...answer(true),
  ];
}

function denyBody(access: number): Instruction[] {
  if (access === allAccess) return answer(false);
  return [{ code: JUMP_ANY_BIT, to: ACCESS, value: access, offset: 1 }, { code: JUMP, offset: 2 }, ...answer(false)];
}

/** As the kernel wants them: struct bpf_insn, 8 bytes each. */
export function encodeInstructions(instructions: readonly Instruction[]): Uint8Array {
  const bytes = new Uint8Array(instructions.length * 8);
  const view = new DataView(bytes.buffer);
  instructions.forEach(({ code, to = 0, from = 0, offset = 0, value = 0 }, index) => {
    const at = index * 8;
    view.setUint8(at, code);
    view.setUint8(at + 1, (from << 4) | to);
    view.setInt16(at + 2, offset, true);
    view.setInt32(at + 4, value, true);
  });
  return bytes;
}

const programs = new Map<readonly DeviceCgroupRule[], Uint8Array | undefined>();

/** The program of these rules, or undefined when they allow everything. That of the default rules is compiled when runt is built. */
export function deviceProgram(rules: readonly DeviceCgroupRule[]): Uint8Array | undefined {
  if (!programs.has(rules)) {
    const instructions = compileDeviceRules(rules);
    programs.set(rules, instructions === undefined ? undefined : encodeInstructions(instructions));
  }
  return programs.get(rules);
}
