// SPDX-License-Identifier: Apache-2.0
/** eBPF programs that decide over the devices of a cgroup. bpf(2) */
import {
  BPF_CGROUP_DEVICE,
  BPF_F_ALLOW_MULTI,
  BPF_F_REPLACE,
  BPF_PROG_ATTACH,
  BPF_PROG_DETACH,
  BPF_PROG_GET_FD_BY_ID,
  BPF_PROG_LOAD,
  BPF_PROG_QUERY,
  BPF_PROG_TYPE_CGROUP_DEVICE,
} from "#gen/constants.ts";
import { bpf_attr } from "#gen/structs.ts";
import { bpf } from "runt:ffi";
import { decodeUtf8, encodeUtf8 } from "runt:host";
import { addressOf } from "./address.ts";
import { isErrno } from "./errors.ts";
import { Fd, fdNumber, type FdLike } from "./fd.ts";
import { pack, unpack } from "./struct.ts";

const INSTRUCTION_SIZE = 8;
const LOG_SIZE = 64 * 1024;
const LICENSE = encodeUtf8("GPL\0");

/**
 * Loads a program of type BPF_PROG_TYPE_CGROUP_DEVICE; `instructions` are the kernel's struct bpf_insn, 8 bytes each. Throws with
 * the last line of the verifier's log when that refuses it. BPF_PROG_LOAD
 */
export function loadDeviceProgram(instructions: Uint8Array): Fd {
  try {
    return load(instructions, undefined);
  } catch (error) {
    // Anything else says nothing about the program. The log costs time, and so is asked for only now.
    if (!isErrno(error, "EINVAL", "EACCES")) throw error;
  }
  const log = new Uint8Array(LOG_SIZE);
  try {
    return load(instructions, log);
  } catch (cause) {
    const lines = decodeUtf8(log.subarray(0, log.indexOf(0)))
      .trim()
      .split("\n");
    throw new Error(`the kernel refuses the program: ${JSON.stringify(lines.slice(-3).join("; "))}`, { cause });
  }
}

function load(instructions: Uint8Array, log: Uint8Array | undefined): Fd {
  const attr = pack(bpf_attr, {
    prog_type: BPF_PROG_TYPE_CGROUP_DEVICE,
    insn_cnt: instructions.length / INSTRUCTION_SIZE,
    insns: addressOf(instructions),
    license: addressOf(LICENSE),
    ...(log === undefined ? {} : { log_level: 1, log_size: log.length, log_buf: addressOf(log) }),
  });
  return new Fd(bpf(BPF_PROG_LOAD, attr, attr.length));
}

/** Attaches a device program beside those of the cgroup and of the cgroups above: all of them must allow. BPF_PROG_ATTACH */
export function attachDeviceProgram(cgroup: FdLike, program: FdLike): void {
  const attr = pack(bpf_attr, {
    target_fd: fdNumber(cgroup),
    attach_bpf_fd: fdNumber(program),
    attach_type: BPF_CGROUP_DEVICE,
    attach_flags: BPF_F_ALLOW_MULTI,
  });
  bpf(BPF_PROG_ATTACH, attr, attr.length);
}

/** Puts a device program in the place of another one, without a moment between. BPF_F_REPLACE, Linux 5.6 */
export function replaceDeviceProgram(cgroup: FdLike, program: FdLike, old: FdLike): void {
  const attr = pack(bpf_attr, {
    target_fd: fdNumber(cgroup),
    attach_bpf_fd: fdNumber(program),
    attach_type: BPF_CGROUP_DEVICE,
    attach_flags: BPF_F_ALLOW_MULTI | BPF_F_REPLACE,
    replace_bpf_fd: fdNumber(old),
  });
  bpf(BPF_PROG_ATTACH, attr, attr.length);
}

/** Takes a device program off the cgroup. BPF_PROG_DETACH */
export function detachDeviceProgram(cgroup: FdLike, program: FdLike): void {
  const attr = pack(bpf_attr, {
    target_fd: fdNumber(cgroup),
    attach_bpf_fd: fdNumber(program),
    attach_type: BPF_CGROUP_DEVICE,
  });
  bpf(BPF_PROG_DETACH, attr, attr.length);
}

/** The device programs on this very cgroup, those above not counted. BPF_PROG_QUERY */
export function devicePrograms(cgroup: FdLike): Fd[] {
  const ids = new Uint32Array(64); // the kernel attaches no more than that
  const bytes = new Uint8Array(ids.buffer);
  const attr = pack(bpf_attr, {
    "query.target_fd": fdNumber(cgroup),
    "query.attach_type": BPF_CGROUP_DEVICE,
    "query.prog_ids": addressOf(bytes),
    "query.prog_cnt": ids.length,
  });
  bpf(BPF_PROG_QUERY, attr, attr.length);
  return [...ids.subarray(0, unpack(bpf_attr, attr, "query.prog_cnt"))].flatMap(programById);
}

function programById(id: number): Fd[] {
  const attr = pack(bpf_attr, { prog_id: id });
  try {
    return [new Fd(bpf(BPF_PROG_GET_FD_BY_ID, attr, attr.length))];
  } catch (error) {
    if (isErrno(error, "ENOENT")) return []; // gone meanwhile
    throw error;
  }
}
