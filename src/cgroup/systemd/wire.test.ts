// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import { decodeMessage, encodeCall, messageLength } from "./message.ts";
import { Decoder, Encoder, firstType, splitSignature, type Value } from "./wire.ts";

function encode(signature: string, values: readonly Value[]): number[] {
  const encoder = new Encoder();
  encoder.values(signature, values);
  return [...encoder.bytes()];
}

t.test("firstType() and splitSignature()", async (t) => {
  t.equal(firstType("a{sv}u"), "a{sv}");
  t.same(splitSignature("ssa(sv)a(sa(sv))"), ["s", "s", "a(sv)", "a(sa(sv))"]);
  t.throws(() => splitSignature("a(s"), /ends too early/);
  t.throws(() => splitSignature("z"), /unknown D-Bus type/);
});

t.test("Encoder pads as each type asks", async (t) => {
  t.same(encode("yu", [1, 2]), [1, 0, 0, 0, 2, 0, 0, 0]);
  t.same(encode("s", ["ab"]), [2, 0, 0, 0, 0x61, 0x62, 0]);
  t.same(encode("b", [true]), [1, 0, 0, 0]);
  t.same(encode("ay", [[7, 8]]), [2, 0, 0, 0, 7, 8]);
  t.same(encode("at", [[1]]), [8, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0], "the padding is not in the length");
  t.same(encode("v", [{ type: "u", value: 5 }]), [1, 0x75, 0, 0, 5, 0, 0, 0]);
  t.same(encode("t", [18446744073709551615n]), [255, 255, 255, 255, 255, 255, 255, 255]);
  t.throws(() => encode("s", [5]), /no D-Bus value of type "s"/);
  t.throws(() => encode("su", ["a"]), /1 values for D-Bus signature "su"/);
});

t.test("Decoder reads what Encoder wrote", async (t) => {
  const table: [string, Value[]][] = [
    ["ybnqiux", [200, true, -5, 60000, -70000, 4000000000, -9223372036854775808n]],
    ["td", [18446744073709551615n, 1.5]],
    ["sog", ["grüß", "/a/b", "a{sv}"]],
    [
      "a(sv)",
      [
        [
          ["PIDs", { type: "au", value: [1, 2] }],
          ["Slice", { type: "s", value: "a.slice" }],
        ],
      ],
    ],
    ["a{sa(sv)}", [[["k", [["x", { type: "b", value: false }]]]]]],
    ["aas", [[[], ["a"]]]],
  ];
  for (const [signature, values] of table) {
    const bytes = Uint8Array.from(encode(signature, values));
    const decoder = new Decoder(bytes);
    t.same(decoder.values(signature), values, signature);
    t.equal(decoder.position, bytes.length);
    for (let cut = 0; cut < bytes.length; cut++) {
      t.throws(() => new Decoder(bytes.slice(0, cut)).values(signature), `${signature} cut after ${cut}`);
    }
  }
});

t.test("encodeCall() makes a message that can be read", async (t) => {
  const bytes = encodeCall(
    {
      destination: "org.freedesktop.systemd1",
      path: "/org/freedesktop/systemd1",
      interface: "org.freedesktop.systemd1.Manager",
      member: "StopUnit",
      signature: "ss",
      body: ["a.scope", "replace"],
    },
    7,
  );
  t.equal(messageLength(bytes), bytes.length);
  t.same([...bytes.slice(0, 4)], [0x6c, 1, 0, 1]);
  t.match(decodeMessage(bytes), {
    type: "call",
    member: "StopUnit",
    path: "/org/freedesktop/systemd1",
    body: ["a.scope", "replace"],
  });
  t.throws(() => messageLength(Uint8Array.from({ length: 16 }, () => 0x42)), /unknown D-Bus message format/);
});
