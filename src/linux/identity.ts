// SPDX-License-Identifier: Apache-2.0
/** What a process is: ids, groups, limits, personality; and the names of its host. */
import {
  RLIMIT_AS,
  RLIMIT_CORE,
  RLIMIT_CPU,
  RLIMIT_DATA,
  RLIMIT_FSIZE,
  RLIMIT_LOCKS,
  RLIMIT_MEMLOCK,
  RLIMIT_MSGQUEUE,
  RLIMIT_NICE,
  RLIMIT_NOFILE,
  RLIMIT_NPROC,
  RLIMIT_RSS,
  RLIMIT_RTPRIO,
  RLIMIT_RTTIME,
  RLIMIT_SIGPENDING,
  RLIMIT_STACK,
} from "#gen/constants.ts";
import { rlimit64, utsname } from "#gen/structs.ts";
import * as ffi from "runt:ffi";
import { decodeUtf8, encodeUtf8 } from "runt:host";
import { pack, unpackBig, unpackText } from "./struct.ts";

export { PER_LINUX, PER_LINUX32 } from "#gen/constants.ts";

// Ids are unsigned in the kernel and signed in a C int.
export const getUid = (): number => ffi.getuid() >>> 0;
export const getEuid = (): number => ffi.geteuid() >>> 0;
export const getGid = (): number => ffi.getgid() >>> 0;
export const getEgid = (): number => ffi.getegid() >>> 0;

/** Sets the real, effective and saved uid. setresuid(2) */
export function setUid(uid: number): void {
  ffi.setresuid(uid, uid, uid);
}

/** Sets the real, effective and saved gid. setresgid(2) */
export function setGid(gid: number): void {
  ffi.setresgid(gid, gid, gid);
}

/** Sets the supplementary groups. setgroups(2) */
export function setGroups(gids: readonly number[]): void {
  const list = new Uint32Array(Math.max(1, gids.length));
  list.set(gids);
  ffi.setgroups(gids.length, list);
}

/** The supplementary groups. getgroups(2) */
export function getGroups(): number[] {
  const count = ffi.getgroups(0, null);
  if (count === 0) return [];
  const list = new Uint32Array(count);
  return [...list.subarray(0, ffi.getgroups(count, list))];
}

/** Sets the file mode creation mask and returns the one before. umask(2) */
export function setUmask(mask: number): number {
  return ffi.umask(mask);
}

const RESOURCES: Readonly<Record<string, number>> = {
  RLIMIT_AS,
  RLIMIT_CORE,
  RLIMIT_CPU,
  RLIMIT_DATA,
  RLIMIT_FSIZE,
  RLIMIT_LOCKS,
  RLIMIT_MEMLOCK,
  RLIMIT_MSGQUEUE,
  RLIMIT_NICE,
  RLIMIT_NOFILE,
  RLIMIT_NPROC,
  RLIMIT_RSS,
  RLIMIT_RTPRIO,
  RLIMIT_RTTIME,
  RLIMIT_SIGPENDING,
  RLIMIT_STACK,
};

function resourceNumber(name: string): number {
  const number = RESOURCES[name];
  if (number === undefined) throw new Error(`unknown resource limit ${JSON.stringify(name)}`);
  return number;
}

/** A soft and a hard limit; 2^64 - 1 is no limit. */
export interface ResourceLimit {
  readonly soft: bigint;
  readonly hard: bigint;
}

/** Sets a limit by its name, e.g. RLIMIT_NOFILE, of process `pid` (0: this one). prlimit(2) */
export function setResourceLimit(name: string, limit: ResourceLimit, pid = 0): void {
  ffi.prlimit64(pid, resourceNumber(name), pack(rlimit64, { rlim_cur: limit.soft, rlim_max: limit.hard }), null);
}

/** A limit of this process by its name. prlimit(2) */
export function getResourceLimit(name: string): ResourceLimit {
  const bytes = new Uint8Array(rlimit64.size);
  ffi.prlimit64(0, resourceNumber(name), null, bytes);
  return { soft: unpackBig(rlimit64, bytes, "rlim_cur"), hard: unpackBig(rlimit64, bytes, "rlim_max") };
}

/** Sets the execution domain. personality(2) */
export function setPersonality(persona: number): void {
  ffi.personality(persona);
}

/** Sets the host name of the UTS namespace. sethostname(2) */
export function setHostname(name: string): void {
  ffi.sethostname(name, encodeUtf8(name).length);
}

/** Sets the NIS domain name of the UTS namespace. setdomainname(2) */
export function setDomainname(name: string): void {
  ffi.setdomainname(name, encodeUtf8(name).length);
}

/** The running kernel: release such as `6.1.0-13-amd64`, machine such as `x86_64`. uname(2) */
export function kernelName(): { readonly release: string; readonly machine: string; readonly nodename: string } {
  const bytes = new Uint8Array(utsname.size);
  ffi.uname(bytes);
  const text = (field: string): string => decodeUtf8(unpackText(utsname, bytes, field));
  return { release: text("release"), machine: text("machine"), nodename: text("nodename") };
}
