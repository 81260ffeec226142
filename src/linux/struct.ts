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
    new Uint8Array(view.buffer, view.byteOffset + offset, value.length).set(value);
  } else if (size === 8) view.setBigUint64(offset, BigInt.asUintN(64, BigInt(value)), true);
  else if (size === 4) view.setUint32(offset, Number(value), true);
  else if (size === 2) view.setUint16(offset, Number(value), true);
  else view.setUint8(offset, Number(value));
}

/** A zeroed struct with `values` set. Throws when a name is not in the declaration. */
export function pack<L extends StructLayout>(layout: L, values: { readonly [F in keyof L["fields"]]?: FieldValue }): Uint8Array {
  const bytes = new Uint8Array(layout.size);
  const view = new DataView(bytes.buffer);
  for (const [name, value] of Object.entries<FieldValue | undefined>(values)) {
    if (value !== undefined) setField(view, fieldOf(layout, name), value);
  }
  return bytes;
}

/** One integer field of the struct that starts at `at`, exact in 64 bits. */
export function unpackBig(layout: StructLayout, bytes: Uint8Array, name: string, at = 0): bigint {
  const { offset, size, signed } = fieldOf(layout, name);
  const view = new DataView(bytes.buffer, bytes.byteOffset + at + offset, size);
  if (size === 8) return signed ? view.getBigInt64(0, true) : view.getBigUint64(0, true);
  return BigInt(unpack(layout, bytes, name, at));
}

/** One integer field of the struct that starts at `at`, as a number (64-bit fields lose precision beyond 2^53). */
export function unpack<L extends StructLayout>(layout: L, bytes: Uint8Array, name: keyof L["fields"] & string, at = 0): number {
  const { offset, size, signed } = fieldOf(layout, name);
  const view = new DataView(bytes.buffer, bytes.byteOffset + at + offset, size);
  if (size === 8) return Number(unpackBig(layout, bytes, name, at));
  if (size === 4) return signed ? view.getInt32(0, true) : view.getUint32(0, true);
  if (size === 2) return signed ? view.getInt16(0, true) : view.getUint16(0, true);
  return signed ? view.getInt8(0) : view.getUint8(0);
}

/** The NUL-terminated text of an array field, as raw bytes without the NUL. */
export function unpackText(layout: StructLayout, bytes: Uint8Array, name: string): Uint8Array {
  const { offset, size } = fieldOf(layout, name);
  const field = bytes.subarray(offset, offset + size);
  const end = field.indexOf(0);
  return end === -1 ? field : field.subarray(0, end);
}
