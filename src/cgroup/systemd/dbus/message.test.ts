// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import { Decoder } from "./decode.ts";
import { encode } from "./encode.ts";
import { decodeMessage, encodeCall, lengthOfMessage } from "./message.ts";
import { completeTypes, type DbusValue } from "./signature.ts";

t.test("completeTypes()", async (t) => {
  t.same(completeTypes("ssa(sv)a(sa(sv))"), ["s", "s", "a(sv)", "a(sa(sv))"]);
  t.same(completeTypes("aay{sv}"), ["aay", "{sv}"]);
  t.same(completeTypes(""), []);
  for (const bad of ["(s", "a", "z", "a{s"]) t.throws(() => completeTypes(bad), bad);
});

t.test("encode() pads each value to its alignment", async (t) => {
  t.same([...encode("yu", [1, 2])], [1, 0, 0, 0, 2, 0, 0, 0]);
  t.same([...encode("s", ["é"])], [2, 0, 0, 0, 0xc3, 0xa9, 0]);
  t.same([...encode("at", [[1]])], [8, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]);
  t.same([...encode("at", [[]])], [0, 0, 0, 0, 0, 0, 0, 0]);
  t.same([...encode("v", [{ signature: "u", value: 7 }])], [1, 117, 0, 0, 7, 0, 0, 0]);
  t.throws(() => encode("u", ["x"]));
  t.throws(() => encode("(su)", [["x"]]));
  t.throws(() => encode("s", []));
  t.throws(() => encode("s", ["a\0b"]));
});

t.test("what was encoded is decoded", async (t) => {
  const table: [string, DbusValue[]][] = [
    ["ybnqiuxtd", [255, true, -2, 65535, -3, 4294967295, -4n, 18446744073709551615n, 1.5]],
    ["sog", ["text €", "/a/b", "a(sv)"]],
    [
      "a(sv)",
      [
        [
          ["A", { signature: "t", value: 1n }],
          ["B", { signature: "as", value: ["x", "y"] }],
        ],
      ],
    ],
    ["a{sv}", [[["key", { signature: "b", value: false }]]]],
    ["aay", [[[1, 2], [], [3]]]],
  ];
  for (const [signature, values] of table) {
    const bytes = encode(signature, values);
    const decoder = new Decoder(bytes, true);
    t.same(decoder.values(signature), values, signature);
    t.equal(decoder.offset, bytes.length, signature);
  }
});

t.test("Decoder throws for what ends too early", async (t) => {
  t.throws(() => new Decoder(Uint8Array.of(5, 0, 0, 0, 65), true).value("s"));
  t.throws(() => new Decoder(Uint8Array.of(5, 0, 0, 0, 65), true).value("ay"));
  t.throws(() => new Decoder(Uint8Array.of(1, 0), true).value("u"));
});

t.test("encodeCall() and decodeMessage()", async (t) => {
  const bytes = encodeCall(
    { destination: "a.b", path: "/p", interface: "a.b.C", member: "Do", signature: "su", body: ["x", 3] },
    9,
  );
  t.equal(lengthOfMessage(bytes), bytes.length);
  t.equal(lengthOfMessage(bytes.subarray(0, 15)), undefined);
  t.match(decodeMessage(bytes), { kind: "call", path: "/p", member: "Do", body: ["x", 3], replySerial: undefined });
  t.throws(() => lengthOfMessage(new Uint8Array(16)), /does not speak D-Bus/);
});

t.test("decodeMessage() of the other byte order", async (t) => {
  // prettier-ignore
  const bytes = Uint8Array.of(
    66, 3, 1, 1, 0, 0, 0, 8, 0, 0, 0, 1, 0, 0, 0, 15,
    5, 1, 117, 0, 0, 0, 0, 9, 8, 1, 103, 0, 1, 115, 0, 0, // reply serial 9, signature "s"
    0, 0, 0, 3, 110, 111, 33, 0,
  );
  t.equal(lengthOfMessage(bytes), bytes.length);
  const message = decodeMessage(bytes);
  t.match(message, { kind: "error", replySerial: 9, body: ["no!"] });
});
