// SPDX-License-Identifier: Apache-2.0
/** An entry of the cache as bytes: a line of JSON with the lengths, the text it was compiled from, the program. */
import { decodeUtf8, encodeUtf8 } from "../linux/host.ts";
import type { Compiled } from "./compile.ts";

interface Header {
  /** Bytes of the text. */
  readonly key: number;
  /** Bytes of the program. */
  readonly program: number;
  readonly unknown: readonly string[];
}

const LINE_END = 10;

/** The bytes of an entry. */
export function encodeEntry(key: string, { program, unknown }: Compiled): Uint8Array {
  const text = encodeUtf8(key);
  const header: Header = { key: text.length, program: program.length, unknown };
  const line = encodeUtf8(`${JSON.stringify(header)}\n`);
  const bytes = new Uint8Array(line.length + text.length + program.length);
  bytes.set(line);
  bytes.set(text, line.length);
  bytes.set(program, line.length + text.length);
  return bytes;
}

/** What an entry holds, if it is whole and was compiled from `key`. */
export function decodeEntry(bytes: Uint8Array, key: string): Compiled | undefined {
  const start = bytes.indexOf(LINE_END) + 1;
  const header = start === 0 ? undefined : parseHeader(decodeUtf8(bytes.subarray(0, start)));
  if (header === undefined || bytes.length !== start + header.key + header.program) return undefined;
  if (decodeUtf8(bytes.subarray(start, start + header.key)) !== key) return undefined;
  return { program: bytes.slice(start + header.key), unknown: header.unknown };
}

function parseHeader(line: string): Header | undefined {
  try {
    return JSON.parse(line) as Header;
  } catch {
    return undefined; // a file cut short by a crash
  }
}
