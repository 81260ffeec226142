// SPDX-License-Identifier: Apache-2.0
/** Messages of D-Bus as bytes. Pure. D-Bus specification, "Message Format" */
import { Decoder, Encoder, type Value } from "./wire.ts";

const littleEndian = 0x6c; // "l"
const protocolVersion = 1;
const types = { call: 1, reply: 2, error: 3, signal: 4 } as const;

/** Codes of header fields. */
const fieldCodes = { path: 1, interface: 2, member: 3, error: 4, replyTo: 5, destination: 6, signature: 8 } as const;

export interface Call {
  readonly destination?: string | undefined;
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  readonly signature?: string | undefined;
  readonly body?: readonly Value[] | undefined;
}

export interface Message {
  readonly type: "call" | "reply" | "error" | "signal" | "unknown";
  readonly path?: string | undefined;
  readonly interface?: string | undefined;
  readonly member?: string | undefined;
  /** Name of an error, e.g. `org.freedesktop.systemd1.NoSuchUnit`. */
  readonly error?: string | undefined;
  /** Serial of the call that it answers. */
  readonly replyTo?: number | undefined;
  readonly body: readonly Value[];
}

/** A method call; `serial` is any number but 0. */
export function encodeCall(call: Call, serial: number): Uint8Array {
  const signature = call.signature ?? "";
  const body = new Encoder();
  body.values(signature, call.body ?? []);
  const header = new Encoder();
  header.values("yyyyuu", [littleEndian, types.call, 0, protocolVersion, body.bytes().length, serial]);
  const field = (code: number, type: string, value: string | undefined): Value[] =>
    value === undefined || value === "" ? [] : [[code, { type, value }]];
  header.value("a(yv)", [
    ...field(fieldCodes.path, "o", call.path),
    ...field(fieldCodes.interface, "s", call.interface),
    ...field(fieldCodes.member, "s", call.member),
    ...field(fieldCodes.destination, "s", call.destination),
    ...field(fieldCodes.signature, "g", signature),
  ]);
  header.pad(8);
  const bytes = new Uint8Array(header.bytes().length + body.bytes().length);
  bytes.set(header.bytes());
  bytes.set(body.bytes(), header.bytes().length);
  return bytes;
}

/** How much of a message tells how long it is. */
export const prefixLength = 16;
const longest = 16 * 1024 * 1024;

/** The length of the whole message that begins with these bytes. Throws for what is no message of this protocol. */
export function messageLength(prefix: Uint8Array): number {
  const view = new DataView(prefix.buffer, prefix.byteOffset, prefixLength);
  if (view.getUint8(0) !== littleEndian || view.getUint8(3) !== protocolVersion) throw new Error("unknown D-Bus message format");
  const fields = prefixLength + view.getUint32(12, true);
  const length = ((fields + 7) & ~7) + view.getUint32(4, true);
  if (length > longest) throw new Error(`D-Bus message of ${length} bytes is longer than is read`);
  return length;
}

/** Reads one whole message. */
export function decodeMessage(bytes: Uint8Array): Message {
  const decoder = new Decoder(bytes);
  const [, type] = decoder.values("yyyyuu");
  const fields = new Map<number, Value>();
  for (const entry of decoder.value("a(yv)") as [number, { value: Value }][]) fields.set(entry[0], entry[1].value);
  decoder.pad(8);
  const text = (code: number): string | undefined => {
    const value = fields.get(code);
    return typeof value === "string" ? value : undefined;
  };
  const replyTo = fields.get(fieldCodes.replyTo);
  const kind = (Object.keys(types) as (keyof typeof types)[]).find((name) => types[name] === type);
  return {
    type: kind ?? "unknown",
    path: text(fieldCodes.path),
    interface: text(fieldCodes.interface),
    member: text(fieldCodes.member),
    error: text(fieldCodes.error),
    replyTo: typeof replyTo === "number" ? replyTo : undefined,
    body: decoder.values(text(fieldCodes.signature) ?? ""),
  };
}
