// SPDX-License-Identifier: Apache-2.0
import t, { type Test } from "tap";
import type { DeviceCgroupRule } from "../../spec/types.ts";
import { compileDeviceRules, encodeInstructions, type Instruction } from "./program.ts";
import { accessOf, allAccess } from "./rules.ts";

interface Request {
  readonly type: "b" | "c";
  readonly major: number;
  readonly minor: number;
  readonly access: number;
}

/** A machine that knows the few instructions that are used. */
function execute(program: readonly Instruction[], request: Request): boolean {
  const context = [(request.access << 16) | (request.type === "b" ? 1 : 2), request.major, request.minor];
  const r = new Array<number>(11).fill(0);
  for (let pc = 0, steps = 0; steps < 10_000; pc++, steps++) {
    const instruction = program[pc];
    if (instruction === undefined) throw new Error(`ran off the end at ${pc}`);
    const { code, to = 0, from = 0, offset = 0, value = 0 } = instruction;
    const left = r[to] ?? 0;
    if (code === 0x61) r[to] = context[offset / 4] ?? 0;
    else if (code === 0xbc) r[to] = r[from] ?? 0;
    else if (code === 0xb7) r[to] = value;
    else if (code === 0x54) r[to] = left & value;
    else if (code === 0x74) r[to] = left >>> value;
    else if (code === 0x64) r[to] = (left << value) >>> 0;
    else if (code === 0x4c) r[to] = (left | (r[from] ?? 0)) >>> 0;
    else if (code === 0x05) pc += offset;
    else if (code === 0x16) pc += left === value ? offset : 0;
    else if (code === 0x56) pc += left !== value ? offset : 0;
    else if (code === 0x45) pc += (left & value) !== 0 ? offset : 0;
    else if (code === 0x95) return r[0] === 1;
    else throw new Error(`unknown instruction ${code}`);
  }
  throw new Error("endless");
}

/** The meaning of the rules, said in the simplest way: each right by itself, the last rule that names it. */
function expected(rules: readonly DeviceCgroupRule[], request: Request): boolean {
  return [1, 2, 4]
    .filter((bit) => (request.access & bit) !== 0)
    .every((bit) => {
      const last = rules.findLast(
        (rule) =>
          ((rule.type ?? "a") === "a" ||
            (rule.type === request.type &&
              (rule.major ?? request.major) === request.major &&
              (rule.minor ?? request.minor) === request.minor)) &&
          (accessOf(rule.access ?? "rwm") & bit) !== 0,
      );
      return last?.allow ?? false;
    });
}

function check(t: Test, rules: readonly DeviceCgroupRule[]): void {
  const program = compileDeviceRules(rules);
  for (const type of ["b", "c"] as const)
    for (const major of [1, 8, 136, 10, 4095])
      for (const minor of [1, 3, 200, 1048575])
        for (let access = 1; access <= allAccess; access++) {
          const request = { type, major, minor, access };
          const result = program === undefined || execute(program, request);
          if (result !== expected(rules, request))
            t.fail(`${JSON.stringify(rules)} for ${JSON.stringify(request)} gives ${result}`);
        }
  t.pass();
}

const denyAll: DeviceCgroupRule = { allow: false, type: "a", access: "rwm" };
const allow = (type: "a" | "b" | "c", access: string, major?: number, minor?: number): DeviceCgroupRule => ({
  allow: true,
  type,
  access,
  ...(major === undefined ? {} : { major }),
  ...(minor === undefined ? {} : { minor }),
});
const deny = (...args: Parameters<typeof allow>): DeviceCgroupRule => ({ ...allow(...args), allow: false });

t.test("compileDeviceRules() lets the last rule that names a right decide", async (t) => {
  const tables: DeviceCgroupRule[][] = [
    [],
    [denyAll],
    [denyAll, allow("c", "rwm", 1, 3), allow("c", "m"), allow("b", "m"), allow("c", "rwm", 136)],
    [denyAll, allow("c", "r", 1, 3), allow("c", "w", 1, 3)],
    [denyAll, allow("c", "rwm"), deny("c", "w", 1, 3)],
    [denyAll, allow("a", "rw"), deny("b", "rwm", 8), allow("b", "r", 8, 1)],
    [allow("a", "rwm"), deny("b", "w"), deny("c", "rm", 10, 200)],
    [denyAll, deny("a", "m"), allow("a", "r")],
    [denyAll, allow("c", "rwm", 1, 3), denyAll, allow("b", "r", 8, 1)],
    [denyAll, allow("c", "rwm", 1, 3), allow("c", "rwm", 10, 200), allow("c", "rwm", 136), allow("c", "rwm", undefined, 1)],
    [denyAll, allow("c", "rw", 1, 3), allow("c", "rw", 1), allow("c", "rw", 4095, 1048575), allow("c", "m", 1, 3)],
    [denyAll, allow("c", "rwm"), deny("c", "w", 4095, 1048575), deny("c", "w", 8), deny("b", "w", 8, 1)],
  ];
  for (const rules of tables) check(t, rules);
});

t.test("compileDeviceRules() agrees with the meaning for arbitrary rules", async (t) => {
  let seed = 1;
  const random = (limit: number): number => {
    seed = (seed * 1103515245 + 12345) & 0x7fffffff;
    return (seed >> 8) % limit;
  };
  for (let round = 0; round < 150; round++) {
    const rules = Array.from({ length: 1 + random(6) }, (): DeviceCgroupRule => {
      const type = (["a", "b", "c"] as const)[random(3)] ?? "a";
      const major = type === "a" ? undefined : [undefined, 1, 8][random(3)];
      const minor = type === "a" ? undefined : [undefined, 1, 3][random(3)];
      const access = ["r", "w", "m", "rw", "rwm", "wm"][random(6)] ?? "r";
      return { ...allow(type, access, major, minor), allow: random(2) === 0 };
    });
    check(t, [denyAll, ...rules]);
  }
});

t.test("compileDeviceRules() needs no program when all is allowed, and ends one where nothing can follow", async (t) => {
  t.equal(compileDeviceRules([denyAll, allow("a", "rwm"), allow("c", "rwm", 1, 3)]), undefined);
  const program = compileDeviceRules([allow("a", "rwm"), deny("b", "rwm")]) ?? [];
  t.equal(program.filter(({ code }) => code === 0x95).length, 2);
});

t.test("compileDeviceRules() leaves out numbers that no device can have", async (t) => {
  t.same(compileDeviceRules([denyAll, allow("c", "rwm", 5000)]), compileDeviceRules([denyAll]));
});

t.test("encodeInstructions() writes struct bpf_insn", async (t) => {
  const bytes = encodeInstructions([
    { code: 0x55, to: 4, value: -2, offset: 3 },
    { code: 0xbc, to: 3, from: 2 },
  ]);
  t.same([...bytes], [0x55, 4, 3, 0, 0xfe, 0xff, 0xff, 0xff, 0xbc, 0x23, 0, 0, 0, 0, 0, 0]);
});
