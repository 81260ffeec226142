// SPDX-License-Identifier: Apache-2.0
/**
 * Compiles device rules to an eBPF program for cgroup v2. Pure.
 *
 * The kernel calls the program for each open(2) and mknod(2) of a device with the type, the numbers and all rights that are asked
 * for. The rules are walked from the last to the first: a rule that gives rights takes them off what is still to be decided, a rule
 * that denies one of those ends the walk, and so does an empty rest.
 *
 * The kernel checks a program by walking all ways through it, which takes the most of what it costs to load one. So there are few:
 * both numbers are one word to compare, and rules in a row that differ in the device alone share what they do.
 */
import type { DeviceCgroupRule } from "../../spec/types.ts";
import { allAccess, type DeviceRule, isEverything, isSameEffect, reduceRules } from "./rules.ts";

/** Opcodes: class | size or operation | source. linux/bpf_common.h, linux/bpf.h */
const LOAD_WORD = 0x61; // BPF_LDX | BPF_MEM | BPF_W
const MOVE = 0xb7; // BPF_ALU64 | BPF_MOV | BPF_K
const COPY = 0xbc; // BPF_ALU | BPF_MOV | BPF_X: 32 bits
const AND = 0x54; // BPF_ALU | BPF_AND | BPF_K
const SHIFT_RIGHT = 0x74; // BPF_ALU | BPF_RSH | BPF_K
const OR = 0x4c; // BPF_ALU | BPF_OR | BPF_X
const SHIFT_LEFT = 0x64; // BPF_ALU | BPF_LSH | BPF_K
const JUMP = 0x05; // BPF_JMP | BPF_JA
const JUMP_EQUAL = 0x16; // BPF_JMP32 | BPF_JEQ | BPF_K: 32 bits
const JUMP_NOT_EQUAL = 0x56; // BPF_JMP32 | BPF_JNE | BPF_K
const JUMP_ANY_BIT = 0x45; // BPF_JMP | BPF_JSET | BPF_K
const EXIT = 0x95; // BPF_JMP | BPF_EXIT

/** Registers: r0 is the result, r1 points to struct bpf_cgroup_dev_ctx. */
const RESULT = 0;
const CONTEXT = 1;
const TYPE = 2;
const ACCESS = 3;
const MAJOR = 4;
const MINOR = 5;
const BOTH = 6;

/** Where the kernel has the major number in a dev_t, MINORBITS. linux/kdev_t.h */
const MAJOR_SHIFT = 20;

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
  { code: COPY, to: BOTH, from: MAJOR },
  { code: SHIFT_LEFT, to: BOTH, value: MAJOR_SHIFT },
  { code: OR, to: BOTH, from: MINOR },
];

const answer = (allow: boolean): Instruction[] => [{ code: MOVE, to: RESULT, value: allow ? 1 : 0 }, { code: EXIT }];

/** The instructions, or undefined when the rules allow everything and no program is needed. */
export function compileDeviceRules(rules: readonly DeviceCgroupRule[]): Instruction[] | undefined {
  const reduced = joinTypes(reduceRules(rules));
  if (reduced.length === 1 && reduced[0] !== undefined && isEverything(reduced[0]) && reduced[0].allow) return undefined;
  const instructions = [...prologue];
  for (const rules of groupRules(reduced.reverse())) {
    instructions.push(...compileRules(rules));
    // What follows an answer for all would never be reached, and the kernel refuses such programs.
    if (isEverything(rules[0])) return instructions;
  }
  return [...instructions, ...answer(false)];
}

/** There are two types only: what two rules in a row say of each is said of all. */
function joinTypes(rules: readonly DeviceRule[]): DeviceRule[] {
  const joined: DeviceRule[] = [];
  for (const rule of rules) {
    const last = joined.at(-1);
    const both = last !== undefined && last.type !== rule.type && isSameEffect({ ...last, type: rule.type }, rule);
    if (both && !isNumbered(last) && !isNumbered(rule)) joined[joined.length - 1] = { ...rule, type: "a" };
    else joined.push(rule);
  }
  return joined;
}

type Rules = [DeviceRule, ...DeviceRule[]];

/** Rules in a row of single devices, or of all of a major or minor number, that do the same. */
function groupRules(rules: readonly DeviceRule[]): Rules[] {
  const groups: Rules[] = [];
  for (const rule of rules) {
    const group = groups.at(-1);
    if (group !== undefined && isSameEffect(group[0], rule) && isNumbered(group[0]) && isNumbered(rule)) group.push(rule);
    else groups.push([rule]);
  }
  return groups;
}

function isNumbered({ major, minor }: DeviceRule): boolean {
  return major !== undefined || minor !== undefined;
}

/** Whoever is none of the devices jumps over the body; whoever is one but the last, to it. */
function compileRules(rules: Rules): Instruction[] {
  const [{ allow, type, access }] = rules;
  const body = allow ? allowBody(access) : denyBody(access);
  const comparisons = rules.filter(isNumbered).map(compareNumbers);
  const last = comparisons.length - 1;
  const jumps = comparisons.map((comparison, index) =>
    index === last
      ? { code: JUMP_NOT_EQUAL, ...comparison, offset: body.length }
      : { code: JUMP_EQUAL, ...comparison, offset: last - index },
  );
  if (type === "a") return [...jumps, ...body];
  return [{ code: JUMP_NOT_EQUAL, to: TYPE, value: typeNumbers[type], offset: jumps.length + body.length }, ...jumps, ...body];
}

function compareNumbers({ major, minor }: DeviceRule): Pick<Required<Instruction>, "to" | "value"> {
  if (minor === undefined) return { to: MAJOR, value: major ?? 0 };
  if (major === undefined) return { to: MINOR, value: minor };
  return { to: BOTH, value: ((major << MAJOR_SHIFT) | minor) >>> 0 };
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
