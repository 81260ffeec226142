// SPDX-License-Identifier: Apache-2.0
/** Netlink messages as bytes. Pure. netlink(7), rtnetlink(7) */
import { NLMSG_ERROR } from "#gen/constants.ts";
import { nlmsghdr } from "#gen/structs.ts";
import { pack, unpack } from "./struct.ts";

/** An attribute: its number and its payload without padding. */
export interface NetlinkAttribute {
  readonly type: number;
  readonly value: Uint8Array;
}

export interface NetlinkMessage {
  readonly type: number;
  readonly flags: number;
  readonly sequence: number;
  readonly payload: Uint8Array;
}

const HEADER_SIZE = nlmsghdr.size;
const ATTRIBUTE_HEADER_SIZE = 4; // struct nlattr: u16 length, u16 type
const ATTRIBUTE_TYPE_MASK = 0x3fff; // the two upper bits are flags: nested, network byte order
const align4 = (length: number): number => (length + 3) & ~3;

/** A 32-bit number as an attribute's payload. */
export function u32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}

/** A whole message. `body` is the fixed part of its family, e.g. a packed ifinfomsg. Throws when an attribute is too long for its 16-bit length. */
export function encodeMessage(
  head: { readonly type: number; readonly flags: number; readonly sequence: number },
  body: Uint8Array,
  attributes: readonly NetlinkAttribute[] = [],
): Uint8Array {
  const bodySize = align4(body.length);
  const size = attributes.reduce((sum, { value }) => sum + align4(ATTRIBUTE_HEADER_SIZE + value.length), HEADER_SIZE + bodySize);
  const bytes = new Uint8Array(size);
  bytes.set(pack(nlmsghdr, { nlmsg_len: size, nlmsg_type: head.type, nlmsg_flags: head.flags, nlmsg_seq: head.sequence }));
  bytes.set(body, HEADER_SIZE);
  const view = new DataView(bytes.buffer);
  let at = HEADER_SIZE + bodySize;
  for (const { type, value } of attributes) {
    const length = ATTRIBUTE_HEADER_SIZE + value.length;
    if (length > 0xffff) throw new Error(`netlink attribute ${type} has ${value.length} bytes, more than its length can tell`);
    view.setUint16(at, length, true);
    view.setUint16(at + 2, type, true);
    bytes.set(value, at + ATTRIBUTE_HEADER_SIZE);
    at += align4(length);
  }
  return bytes;
}

/** The messages of one datagram. Throws when a length points outside of it. */
export function decodeMessages(bytes: Uint8Array): NetlinkMessage[] {
  const messages: NetlinkMessage[] = [];
  for (let at = 0; at + HEADER_SIZE <= bytes.length;) {
    const length = unpack(nlmsghdr, bytes, "nlmsg_len", at);
    if (length < HEADER_SIZE || at + length > bytes.length) throw new Error("netlink message with a wrong length");
    messages.push({
      type: unpack(nlmsghdr, bytes, "nlmsg_type", at),
      flags: unpack(nlmsghdr, bytes, "nlmsg_flags", at),
      sequence: unpack(nlmsghdr, bytes, "nlmsg_seq", at),
      payload: bytes.subarray(at + HEADER_SIZE, at + length),
    });
    at += align4(length);
  }
  return messages;
}

/** The attributes after the fixed part of a payload, which has `bodySize` bytes. */
export function decodeAttributes(payload: Uint8Array, bodySize: number): NetlinkAttribute[] {
  const attributes: NetlinkAttribute[] = [];
  const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
  for (let at = align4(bodySize); at + ATTRIBUTE_HEADER_SIZE <= payload.length;) {
    const length = view.getUint16(at, true);
    if (length < ATTRIBUTE_HEADER_SIZE || at + length > payload.length) throw new Error("netlink attribute with a wrong length");
    attributes.push({
      type: view.getUint16(at + 2, true) & ATTRIBUTE_TYPE_MASK,
      value: payload.subarray(at + ATTRIBUTE_HEADER_SIZE, at + length),
    });
    at += align4(length);
  }
  return attributes;
}

/** The errno of an acknowledgement: 0 for success; undefined when the message is none. */
export function acknowledgedErrno(message: NetlinkMessage): number | undefined {
  if (message.type !== NLMSG_ERROR || message.payload.length < 4) return undefined;
  const view = new DataView(message.payload.buffer, message.payload.byteOffset, 4);
  return Math.abs(view.getInt32(0, true));
}
