// SPDX-License-Identifier: Apache-2.0
/** Text of /proc/PID/net/dev. Pure. proc_pid_net(5) */

export interface InterfaceLine {
  readonly name: string;
  /** Eight of what was received, eight of what was sent; bytes, packets, errors and drops are the first four of each. */
  readonly counts: readonly bigint[];
}

/** One entry an interface; the two lines of headings have no colon after the first word. */
export function parseNetDev(text: string): InterfaceLine[] {
  return text.split("\n").flatMap((line) => {
    const [, name, counts] = /^\s*(\S+):\s*(\d.*)$/.exec(line) ?? [];
    return name === undefined || counts === undefined ? [] : [{ name, counts: counts.trim().split(/\s+/).map(BigInt) }];
  });
}
