// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import { answer, assemble, compare, disassemble, load } from "../linux/classic-bpf.ts";
import { answerYoungerCalls } from "./enosys.ts";
import type { KnownCalls } from "./enosys.ts";

const X86_64 = 0xc000003e;
const I386 = 0x40000003;
const AARCH64 = 0xc00000b7;
const X32 = 0x40000000;

const ENOSYS = 0x50026;
/** What the filter behind the prologue answers: it looks at the number, to show that it starts with a load of its own. */
const FILTER = 0x7fff0000;
const KILL = 0;
const filter = assemble([load(0), compare("equal", 1000000, 0, 1), answer(KILL), answer(FILTER)]);

/** Runs a filter as the kernel does. */
function run(program: Uint8Array, data: { number: number; audit: number }): number {
  const steps = disassemble(program);
  let loaded = 0;
  for (let at = 0; ; at++) {
    const step = steps[at];
    if (step === undefined) throw new Error(`the program ran past its end, at ${at}`);
    const { code, jt, jf, k } = step;
    if (code === 0x06) return k;
    if (code === 0x05) at += k;
    else if (code === 0x20) loaded = k === 0 ? data.number : data.audit;
    else at += (code === 0x15 ? loaded === k : code === 0x25 ? loaded > k : loaded >= k) ? jt : jf;
  }
}

const all: readonly KnownCalls[] = [
  { audit: X86_64, last: 450, lastX32: X32 + 547 },
  { audit: I386, last: 460 },
  { audit: AARCH64, last: 440 },
];

t.test("answerYoungerCalls() answers what is younger, on each architecture, and nothing else", (t) => {
  const cases: readonly (readonly [number, number, number])[] = [
    [X86_64, 0, FILTER],
    [X86_64, 450, FILTER],
    [X86_64, 451, ENOSYS],
    [X86_64, X32 - 1, ENOSYS],
    [X86_64, X32, FILTER],
    [X86_64, X32 + 547, FILTER],
    [X86_64, X32 + 548, ENOSYS],
    [X86_64, 0xffffffff, ENOSYS],
    [I386, 460, FILTER],
    [I386, 461, ENOSYS],
    [I386, X32 + 1, ENOSYS],
    [AARCH64, 440, FILTER],
    [AARCH64, 441, ENOSYS],
    [0x28, 5000, FILTER],
  ];
  const program = answerYoungerCalls(filter, all, ENOSYS);
  for (const [audit, number, expected] of cases)
    t.equal(run(program, { audit, number }), expected, `${audit.toString(16)} ${number}`);
  t.end();
});

t.test("answerYoungerCalls() leaves calls of x32 to the filter where x32 is not filtered", (t) => {
  const program = answerYoungerCalls(filter, [{ audit: X86_64, last: 450 }], ENOSYS);
  t.equal(run(program, { audit: X86_64, number: X32 + 600 }), FILTER);
  t.equal(run(program, { audit: X86_64, number: 451 }), ENOSYS);
  t.equal(run(program, { audit: X86_64, number: 450 }), FILTER);
  t.end();
});

t.test("answerYoungerCalls() changes nothing where no call is named", (t) => {
  t.equal(answerYoungerCalls(filter, [{ audit: X86_64, last: -1 }], ENOSYS), filter);
  t.equal(answerYoungerCalls(filter, [], ENOSYS), filter);
  t.end();
});

t.test("answerYoungerCalls() refuses to make a program that the kernel does not take", (t) => {
  const long = assemble(Array.from({ length: 4095 }, () => answer(FILTER)));
  t.throws(() => answerYoungerCalls(long, all, ENOSYS), {
    message: /^seccomp filter has 41\d\d instructions, and the kernel takes 4096$/,
  });
  t.end();
});
