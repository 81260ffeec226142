// SPDX-License-Identifier: Apache-2.0
/** UTF-8 without the host's help, so that the wire format can be tested anywhere. Pure. For short texts. */

/** Throws URIError for a text with a lone surrogate, which has no UTF-8. */
export function toUtf8(text: string): Uint8Array {
  const escaped = encodeURIComponent(text).replace(/%([0-9A-F]{2})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
  return Uint8Array.from(escaped, (character) => character.charCodeAt(0));
}

/** Throws URIError for bytes that are not UTF-8. */
export function fromUtf8(bytes: Uint8Array): string {
  return decodeURIComponent(Array.from(bytes, (byte) => `%${byte.toString(16).padStart(2, "0")}`).join(""));
}
