// SPDX-License-Identifier: Apache-2.0
/** The names of capabilities: the only table of them. Pure. capabilities(7) */

/** Names in the order of their numbers: the name's index is the kernel's number on every architecture. */
export const capabilityNames = [
  "CAP_CHOWN",
  "CAP_DAC_OVERRIDE",
  "CAP_DAC_READ_SEARCH",
  "CAP_FOWNER",
  "CAP_FSETID",
  "CAP_KILL",
  "CAP_SETGID",
  "CAP_SETUID",
  "CAP_SETPCAP",
  "CAP_LINUX_IMMUTABLE",
  "CAP_NET_BIND_SERVICE",
  "CAP_NET_BROADCAST",
  "CAP_NET_ADMIN",
  "CAP_NET_RAW",
  "CAP_IPC_LOCK",
  "CAP_IPC_OWNER",
  "CAP_SYS_MODULE",
  "CAP_SYS_RAWIO",
  "CAP_SYS_CHROOT",
  "CAP_SYS_PTRACE",
  "CAP_SYS_PACCT",
  "CAP_SYS_ADMIN",
  "CAP_SYS_BOOT",
  "CAP_SYS_NICE",
  "CAP_SYS_RESOURCE",
  "CAP_SYS_TIME",
  "CAP_SYS_TTY_CONFIG",
  "CAP_MKNOD",
  "CAP_LEASE",
  "CAP_AUDIT_WRITE",
  "CAP_AUDIT_CONTROL",
  "CAP_SETFCAP",
  "CAP_MAC_OVERRIDE",
  "CAP_MAC_ADMIN",
  "CAP_SYSLOG",
  "CAP_WAKE_ALARM",
  "CAP_BLOCK_SUSPEND",
  "CAP_AUDIT_READ",
  "CAP_PERFMON",
  "CAP_BPF",
  "CAP_CHECKPOINT_RESTORE",
] as const;

export type CapabilityName = (typeof capabilityNames)[number];

/** The number of a capability; undefined for a name that is none. */
export function capabilityNumber(name: string): number | undefined {
  const number = (capabilityNames as readonly string[]).indexOf(name);
  return number === -1 ? undefined : number;
}

/** The bit mask of these names; names that are none do not count. */
export function capabilityMask(names: readonly string[]): bigint {
  let [low, high] = [0, 0];
  for (const name of names) {
    const number = capabilityNumber(name);
    if (number === undefined) continue;
    if (number < 32) low |= 1 << number;
    else high |= 1 << (number - 32);
  }
  return (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
}
