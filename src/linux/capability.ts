// SPDX-License-Identifier: Apache-2.0
/** Capability sets of this process. capabilities(7) */
import {
  PR_CAPBSET_READ,
  PR_CAP_AMBIENT,
  PR_CAP_AMBIENT_CLEAR_ALL,
  PR_CAP_AMBIENT_RAISE,
  PR_SET_KEEPCAPS,
  _LINUX_CAPABILITY_VERSION_3,
} from "#gen/constants.ts";
import { capget, capset, prctl, read_bounding_set, reduce_bounding_set } from "runt:ffi";
import { isErrno } from "./errors.ts";

/** Three sets as bit masks: bit N is capability N. */
export interface CapabilitySets {
  readonly effective: bigint;
  readonly permitted: bigint;
  readonly inheritable: bigint;
}

// struct __user_cap_header_struct { u32 version; int pid } and two of struct __user_cap_data_struct { u32 effective, permitted, inheritable }.
const header = (): Uint32Array => new Uint32Array([_LINUX_CAPABILITY_VERSION_3, 0]);

/** The sets of this thread. capget(2) */
export function getCapabilities(): CapabilitySets {
  const data = new Uint32Array(6);
  capget(header(), data);
  const set = (at: number): bigint => BigInt(data[at] ?? 0) | (BigInt(data[at + 3] ?? 0) << 32n);
  return { effective: set(0), permitted: set(1), inheritable: set(2) };
}

/** Sets all three sets of this thread. capset(2) */
export function setCapabilities(sets: CapabilitySets): void {
  const words = new Uint32Array(6);
  [sets.effective, sets.permitted, sets.inheritable].forEach((set, index) => {
    words[index] = Number(set & 0xffffffffn);
    words[index + 3] = Number(set >> 32n);
  });
  capset(header(), words);
}

/** Whether capability `number` is in the bounding set; undefined when the kernel does not know it. PR_CAPBSET_READ */
export function inBoundingSet(number: number): boolean | undefined {
  try {
    return prctl(PR_CAPBSET_READ, number, 0, 0, 0) === 1;
  } catch (error) {
    if (isErrno(error, "EINVAL")) return undefined;
    throw error;
  }
}

/** The bounding set as a bit mask. PR_CAPBSET_READ */
export function getBoundingSet(): bigint {
  return BigInt(read_bounding_set());
}

/** Takes all capabilities but those of the mask out of the bounding set for good, those too that are newer than ours. PR_CAPBSET_DROP */
export function reduceBoundingSet(keep: bigint): void {
  reduce_bounding_set(keep);
}

/** Adds to the ambient set; it must be permitted and inheritable. PR_CAP_AMBIENT_RAISE */
export function raiseAmbient(number: number): void {
  prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, number, 0, 0);
}

/** PR_CAP_AMBIENT_CLEAR_ALL */
export function clearAmbient(): void {
  prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
}

/** Whether the permitted set survives the change from uid 0 to another. PR_SET_KEEPCAPS */
export function keepCapabilities(on: boolean): void {
  prctl(PR_SET_KEEPCAPS, on ? 1 : 0, 0, 0, 0);
}
