// SPDX-License-Identifier: Apache-2.0
/** D-Bus messages. Pure. D-Bus specification, "Message Format" */
import { Decoder } from "./decode.ts";
import { encode } from "./encode.ts";
import type { DbusValue, Variant } from "./signature.ts";

const kinds = ["", "call", "return", "error", "signal"] as const;
type Kind = (typeof kinds)[number];

/** Codes of header fields, and their types. */
const headerFields = [
  ["path", 1, "o"],
  ["interface", 2, "s"],
  ["member", 3, "s"],
  ["errorName", 4, "s"],
  ["replySerial", 5, "u"],
  ["destination", 6, "s"],
  ["signature", 8, "g"],
] as const;

/** A call of a method. */
export interface MethodCall {
  readonly destination?: string;
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  /** Types of `body`. */
  readonly signature?: string;
  readonly body?: readonly DbusValue[];
}

export interface Message {
  /** "" for a kind that this version of D-Bus does not know. */
  readonly kind: Kind;
  readonly replySerial: number | undefined;
  readonly path: string | undefined;
  readonly member: string | undefined;
  readonly errorName: string | undefined;
  readonly body: readonly DbusValue[];
}

export function encodeCall(call: MethodCall, serial: number): Uint8Array {
  const { signature = "", body = [] } = call;
  const encodedBody = encode(signature, body);
  const fields: DbusValue[] = [];
  for (const [name, code, type] of headerFields) {
    const value: DbusValue | undefined = Reflect.get(call, name) as DbusValue | undefined;
    if (value !== undefined && value !== "") fields.push([code, { signature: type, value }]);
  }
  const header = encode("yyyyuua(yv)", ["l".charCodeAt(0), kinds.indexOf("call"), 0, 1, encodedBody.length, serial, fields]);
  const bodyAt = Math.ceil(header.length / 8) * 8;
  const message = new Uint8Array(bodyAt + encodedBody.length);
  message.set(header);
  message.set(encodedBody, bodyAt);
  return message;
}

/** Of the header, with the length of its fields: enough to know how long the message is. */
const prefixLength = 16;
/** The specification's limit of a message. */
const longestMessage = 2 ** 27;

/** Bytes of the message that starts here; undefined as long as there are too few to tell. Throws for what is no message. */
export function lengthOfMessage(bytes: Uint8Array): number | undefined {
  if (bytes.length < prefixLength) return undefined;
  const littleEndian = isLittleEndian(bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const fields = view.getUint32(12, littleEndian);
  const length = Math.ceil((prefixLength + fields) / 8) * 8 + view.getUint32(4, littleEndian);
  if (length > longestMessage) throw new Error(`a D-Bus message of ${length} bytes is too long`);
  return length;
}

export function decodeMessage(bytes: Uint8Array): Message {
  const decoder = new Decoder(bytes, isLittleEndian(bytes));
  const [, kind, , , , , fields] = decoder.values("yyyyuua(yv)");
  decoder.align(8);
  const byCode = new Map((fields as [number, Variant][]).map(([code, { value }]) => [code, value]));
  const text = (code: number): string | undefined => byCode.get(code) as string | undefined;
  return {
    kind: kinds[kind as number] ?? "",
    replySerial: byCode.get(5) as number | undefined,
    path: text(1),
    member: text(3),
    errorName: text(4),
    body: decoder.values(text(8) ?? ""),
  };
}

function isLittleEndian(bytes: Uint8Array): boolean {
  const order = String.fromCharCode(bytes[0] ?? 0);
  if (order !== "l" && order !== "B") throw new Error("the other side does not speak D-Bus");
  return order === "l";
}
