// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import { acknowledgedErrno, decodeAttributes, decodeMessages, encodeMessage, u32 } from "./netlink-message.ts";

t.test("encodeMessage() and decodeMessages() agree, with padding", (t) => {
  const body = new Uint8Array(16).fill(7);
  const bytes = encodeMessage({ type: 16, flags: 5, sequence: 3 }, body, [
    { type: 3, value: new Uint8Array([1, 2, 3]) },
    { type: 28, value: u32(0x01020304) },
  ]);
  t.equal(bytes.length, 16 + 16 + 8 + 8);
  const twice = new Uint8Array([...bytes, ...bytes]);
  const messages = decodeMessages(twice);
  t.equal(messages.length, 2);
  const [first] = messages;
  t.match(first, { type: 16, flags: 5, sequence: 3 });
  const attributes = decodeAttributes(first?.payload ?? new Uint8Array(), 16);
  t.same(
    attributes.map(({ type, value }) => [type, [...value]]),
    [
      [3, [1, 2, 3]],
      [28, [4, 3, 2, 1]],
    ],
  );
  t.end();
});

t.test("lengths are checked both ways", (t) => {
  const large = { type: 1, value: new Uint8Array(70_000) };
  t.throws(() => encodeMessage({ type: 16, flags: 0, sequence: 1 }, new Uint8Array(0), [large]), /more than its length can tell/);
  const bytes = encodeMessage({ type: 16, flags: 0, sequence: 1 }, new Uint8Array(16));
  t.throws(() => decodeMessages(bytes.subarray(0, 20)), /wrong length/);
  t.throws(() => decodeAttributes(new Uint8Array([200, 0, 1, 0]), 0), /wrong length/);
  t.end();
});

t.test("acknowledgedErrno() reads errors and successes", (t) => {
  const payload = (value: number): Uint8Array => u32(value >>> 0);
  const message = (type: number, value: number) => ({ type, flags: 0, sequence: 1, payload: payload(value) });
  t.equal(acknowledgedErrno(message(2, -17)), 17);
  t.equal(acknowledgedErrno(message(2, 0)), 0);
  t.equal(acknowledgedErrno(message(16, 0)), undefined);
  t.end();
});
