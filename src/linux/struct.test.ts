// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import { pack, unpack, unpackBig, unpackText } from "./struct.ts";

const layout = {
  size: 24,
  fields: {
    small: { offset: 0, size: 2, signed: false },
    signed: { offset: 4, size: 4, signed: true },
    wide: { offset: 8, size: 8, signed: false },
    text: { offset: 16, size: 8, signed: false },
  },
} as const;

t.test("pack() and unpack() agree", (t) => {
  const bytes = pack(layout, { small: 0xffff, signed: -5, wide: 2n ** 64n - 1n, text: new Uint8Array([0x68, 0x69]) });
  t.equal(bytes.length, 24);
  t.equal(unpack(layout, bytes, "small"), 0xffff);
  t.equal(unpack(layout, bytes, "signed"), -5);
  t.equal(unpackBig(layout, bytes, "wide"), 2n ** 64n - 1n);
  t.same([...unpackText(layout, bytes, "text")], [0x68, 0x69]);
  t.equal(unpack(layout, pack(layout, { wide: 4096 }), "wide"), 4096);
  t.end();
});

t.test("pack() refuses bytes that do not fit, unpack() unknown names", (t) => {
  t.throws(() => pack(layout, { text: new Uint8Array(9) }), /do not fit/);
  t.throws(() => unpackBig(layout, new Uint8Array(24), "nothing"), /no field/);
  t.end();
});

t.test("pack() and unpack() keep signs and wide numbers", (t) => {
  const values = [0, 1, -1, -2, 0xffff_ffff, 0x1_0000_0000, 2 ** 53 - 1];
  for (const value of values) {
    const bytes = pack(layout, { wide: value, signed: value });
    t.equal(unpackBig(layout, bytes, "wide"), BigInt.asUintN(64, BigInt(value)), `${value} in 64 bits`);
    if (value >= 0) t.equal(unpack(layout, bytes, "wide"), value, `${value} as a number`);
    t.equal(unpack(layout, bytes, "signed"), value | 0, `${value} in 32 bits`);
  }
  const narrow = {
    size: 3,
    fields: { byte: { offset: 0, size: 1, signed: true }, word: { offset: 1, size: 2, signed: true } },
  } as const;
  const bytes = pack(narrow, { byte: -3, word: -300 });
  t.same([unpack(narrow, bytes, "byte"), unpack(narrow, bytes, "word")], [-3, -300]);
  t.throws(() => unpack(layout, new Uint8Array(4), "signed"), /too few/);
  t.end();
});
