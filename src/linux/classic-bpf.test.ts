// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import { answer, assemble, compare, disassemble, load, skip } from "./classic-bpf.ts";

t.test("assemble() lays instructions out as struct sock_filter", (t) => {
  const bytes = assemble([load(4), compare("equal", 0xc000003e, 1, 2), skip(3), answer(0x7fff0000)]);
  t.equal(
    [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join(""),
    "2000000004000000" + "150001023e0000c0" + "0500000003000000" + "060000000000ff7f",
  );
  t.end();
});

t.test("disassemble() reads them back, from the middle of a buffer too", (t) => {
  const steps = [load(0), compare("greater", 450, 0, 1), compare("greaterOrEqual", 0x40000000, 2, 0), answer(0x80000000)];
  t.same(disassemble(assemble(steps)), steps);
  t.same(disassemble(assemble(steps).subarray(8)), steps.slice(1));
  t.end();
});
