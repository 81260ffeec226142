// SPDX-License-Identifier: Apache-2.0
/** A user-mode-linux guest on the host's own root file system. */
import { chmodSync, existsSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { runChild } from "./child.ts";
import type { ChildResult } from "./child.ts";

export const GUEST_KERNEL = "linux.uml";

/** Path of the guest's kernel; undefined where none is installed. */
export function findGuestKernel(): string | undefined {
  const directories = (process.env["PATH"] ?? "").split(delimiter).concat("/usr/bin");
  return directories.map((directory) => join(directory, GUEST_KERNEL)).find((path) => existsSync(path));
}

/** `text` as one word of a shell. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** Mounts what a machine has, with the v2 controllers switched on, and a private /run for temporary files. */
const PREAMBLE = [
  "mount -t proc proc /proc; mount -t sysfs sysfs /sys; mount -t tmpfs -o mode=755 tmpfs /run; mkdir -m 711 /run/tmp",
  "mount -t devtmpfs devtmpfs /dev 2>/dev/null; mkdir -p /dev/pts; mount -t devpts devpts /dev/pts",
  "mount -t cgroup2 cgroup2 /sys/fs/cgroup",
  "for c in cpu io memory pids; do echo +$c > /sys/fs/cgroup/cgroup.subtree_control; done 2>/dev/null",
  "ip link set lo up 2>/dev/null; exec </dev/null",
];

/**
 * Boots the guest, runs the shell script `script` in it as its first process, and waits for the end of the guest, `limit` seconds at
 * most. `init` is where the script is written; what the guest writes outside /run and /dev is on the host's disk.
 */
export function bootGuest(kernel: string, init: string, script: string, limit: number): Promise<ChildResult> {
  const path = quote(`${process.env["PATH"] ?? ""}:/usr/sbin:/usr/bin:/sbin:/bin`);
  const lines = [
    "#!/bin/sh",
    `export PATH=${path} HOME=/root TMPDIR=/run/tmp NO_COLOR=1`,
    ...PREAMBLE,
    script,
    "sync; /bin/busybox poweroff -f",
    "",
  ];
  writeFileSync(init, lines.join("\n"));
  chmodSync(init, 0o755);
  const argv = [kernel, "mem=1G", "rootfstype=hostfs", "rootflags=/", "rw", `init=${init}`, "con0=null", "con=null", "quiet"];
  return runChild(argv, { timeout: limit, env: process.env });
}
