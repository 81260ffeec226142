// SPDX-License-Identifier: Apache-2.0
/** `run.oci.seccomp_bpf_data`: a compiled filter in base64, which stands in for linux.seccomp. */
import { annotationPlace } from "./annotations.ts";
import type { Report } from "./errors.ts";

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Bytes of a struct sock_filter, and how many of them the kernel takes (BPF_MAXINSNS). */
const instructionSize = 8;
const mostInstructions = 4096;

/** BPF_RET | BPF_K, and the action SECCOMP_RET_USER_NOTIF. */
const returnConstant = 0x06;
const notify = 0x7fc0;

/** The bytes of the filter; refused when it is none. Whether its jumps lead anywhere is for the kernel to judge. */
export function readFilter(text: string, report: Report): Uint8Array {
  const at = annotationPlace("seccompFilter");
  const bytes = decodeBase64(text);
  if (bytes === undefined) report.refuse(at, "is not base64");
  else if (bytes.length === 0 || bytes.length % instructionSize !== 0 || bytes.length > instructionSize * mostInstructions)
    report.refuse(
      at,
      `has ${bytes.length} bytes, and must have 1 to ${mostInstructions} instructions of ${instructionSize} bytes`,
    );
  else if (notifies(bytes))
    report.refuse(at, "asks an agent, which only a filter of linux.seccomp can", "use linux.seccomp with SCMP_ACT_NOTIFY");
  return bytes ?? new Uint8Array(0);
}

/** Undefined for what is not base64. RFC 4648, section 4; white space is skipped. */
export function decodeBase64(text: string): Uint8Array | undefined {
  const digits = text.replace(/\s+/g, "").replace(/={1,2}$/, "");
  const bytes = new Uint8Array(Math.floor((digits.length * 3) / 4));
  let bits = 0;
  let at = 0;
  for (let index = 0; index < digits.length; index++) {
    const value = alphabet.indexOf(digits.charAt(index));
    if (value === -1) return undefined;
    bits = ((bits << 6) | value) & 0xffff;
    const left = (index * 6 + 6) % 8;
    if (left < 6) bytes[at++] = bits >> left;
  }
  return digits.length % 4 === 1 ? undefined : bytes;
}

function notifies(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < bytes.length; at += instructionSize) {
    if (view.getUint16(at, true) === returnConstant && view.getUint16(at + 6, true) === notify) return true;
  }
  return false;
}
