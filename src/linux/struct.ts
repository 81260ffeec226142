// SPDX-License-Identifier: Apache-2.0
/** C structs as bytes. The layouts come from the system's headers (`#gen/structs.ts`); both supported architectures are little-endian. */

export interface FieldLayout {
  readonly offset: number;
  readonly size: number;
  readonly signed: boolean;
}

export interface StructLayout {
  readonly size: number;
  readonly fields: Readonly<Record<string, FieldLayout>>;
}

/** An integer, or the bytes of an array field (shorter ones are padded with zeros). */
export type FieldValue = number | bigint | Uint8Array;

function fieldOf(layout: StructLayout, name: string): FieldLayout {
  const field = layout.fields[name];
  if (field === undefined) throw new Error(`no field ${JSON.stringify(name)} in the struct's declaration`);
  return field;
}

function setField(view: DataView, { offset, size }: FieldLayout, value: FieldValue): void {
  if (typeof value === "object") {
    if (value.length > size) throw new Error(`${value.length} bytes do not fit in a field of ${size}`);
    new Uint8Array(view.buffer).set(value, offset);
  } else if (size === 4) view.setUint32(offset, Number(value), true);
  else if (size === 8) setWide(view, offset, value);
  else if (size === 2) view.setUint16(offset, Number(value), true);
  else view.setUint8(offset, Number(value));
}

/** The struct is zeroed: a small number is half the work. */
function setWide(view: DataView, offset: number, value: number | bigint): void {
  if (typeof value === "bigint") view.setBigUint64(offset, BigInt.asUintN(64, value), true);
  else {
    view.setUint32(offset, value, true);
    if (value < 0 || value > 0xffff_ffff) view.setUint32(offset + 4, Math.floor(value / 0x1_0000_0000), true);
  }
}

/** A zeroed struct with `values` set. Throws when a name is not in the declaration. */
export function pack<L extends StructLayout>(layout: L, values: { readonly [F in keyof L["fields"]]?: FieldValue }): Uint8Array {
  const bytes = new Uint8Array(layout.size);
  const view = new DataView(bytes.buffer);
  for (const name in values) {
    const value: FieldValue | undefined = values[name];
    if (value !== undefined) setField(view, fieldOf(layout, name), value);
  }
  return bytes;
}

/** 32 bits as a signed integer. */
function wordAt(bytes: Uint8Array, offset: number): number {
  return (
    (bytes[offset] ?? 0) | ((bytes[offset + 1] ?? 0) << 8) | ((bytes[offset + 2] ?? 0) << 16) | ((bytes[offset + 3] ?? 0) << 24)
  );
}

/** One integer field of the struct that starts at `at`, exact in 64 bits. */
export function unpackBig(layout: StructLayout, bytes: Uint8Array, name: string, at = 0): bigint {
  const { offset, size, signed } = fieldOf(layout, name);
  if (size !== 8) return BigInt(unpack(layout, bytes, name, at));
  const high = wordAt(bytes, at + offset + 4);
  return (BigInt(signed ? high : high >>> 0) << 32n) | BigInt(wordAt(bytes, at + offset) >>> 0);
}

/** One integer field of the struct that starts at `at`, as a number (64-bit fields lose precision beyond 2^53). */
export function unpack<L extends StructLayout>(layout: L, bytes: Uint8Array, name: keyof L["fields"] & string, at = 0): number {
  const { offset, size, signed } = fieldOf(layout, name);
  const start = at + offset;
  if (start + size > bytes.length) throw new Error(`${bytes.length} bytes are too few for ${JSON.stringify(name)}`);
  if (size === 4) return signed ? wordAt(bytes, start) : wordAt(bytes, start) >>> 0;
  if (size === 8) {
    const high = wordAt(bytes, start + 4);
    return (signed ? high : high >>> 0) * 0x1_0000_0000 + (wordAt(bytes, start) >>> 0);
  }
  const narrow = (bytes[start] ?? 0) | (size === 2 ? (bytes[start + 1] ?? 0) << 8 : 0);
  const sign = 1 << (size * 8 - 1);
  return signed ? (narrow ^ sign) - sign : narrow;
}

/** The NUL-terminated text of an array field, as raw bytes without the NUL. */
export function unpackText(layout: StructLayout, bytes: Uint8Array, name: string): Uint8Array {
  const { offset, size } = fieldOf(layout, name);
  const field = bytes.subarray(offset, offset + size);
  const end = field.indexOf(0);
  return end === -1 ? field : field.subarray(0, end);
}
