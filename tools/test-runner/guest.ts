// SPDX-License-Identifier: Apache-2.0
/** User-mode-linux guests: on the host's own root file system, or on a disk image with a Debian of its own. */
import { chmodSync, existsSync, realpathSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
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

/** What every guest has in its environment, where it looks for programs, and how it ends. */
export const ENVIRONMENT = "HOME=/root TMPDIR=/run/tmp NO_COLOR=1";
export const DIRECTORIES = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
export const OFF = "sync; /bin/busybox poweroff -f";

export interface Boot {
  /** Where the guest's first script is written. */
  readonly init: string;
  /** A shell script; when it ends, so does the guest. */
  readonly script: string;
  /** Seconds until the guest is killed. */
  readonly limit: number;
  readonly giveUp?: AbortSignal;
}

interface UmlBoot extends Boot {
  /** The user-mode-linux program. */
  readonly kernel: string;
}

async function boot(
  { kernel, init, limit, giveUp }: UmlBoot,
  lines: readonly string[],
  parameters: readonly string[],
): Promise<ChildResult> {
  writeFileSync(init, ["#!/bin/sh", ...lines, ""].join("\n"));
  chmodSync(init, 0o755);
  const argv = [kernel, "mem=1G", ...parameters, "rw", "con0=null,fd:1", "con=null", "quiet"];
  return runChild(argv, { timeout: limit, env: process.env, ...(giveUp && { giveUp }) });
}

/** A guest on the host's root file system, with the script as its first process. What it writes outside /run and /dev stays. */
export function bootOnHost(guest: UmlBoot): Promise<ChildResult> {
  const path = quote(`${process.env["PATH"] ?? ""}:${DIRECTORIES}`);
  const lines = [`export PATH=${path} ${ENVIRONMENT}`, ...PREAMBLE, guest.script, OFF];
  return boot(guest, lines, ["rootfstype=hostfs", "rootflags=/", `init=${guest.init}`]);
}

export interface ImageBoot extends UmlBoot {
  /** A disk image that tools/guest-image.sh made. The guest's writes go to a file beside `init`. */
  readonly image: string;
  /** A directory of the host that the guest has at the same path, to read and write; `init` is in it. */
  readonly share: string;
  /** Further words for the kernel's command line. */
  readonly parameters: readonly string[];
}

/** Node as the host runs it: its program and its libraries are the host's, whatever the guest has. */
function nodeOfHost(): string {
  const { sharedObjects } = process.report.getReport() as unknown as { sharedObjects: string[] };
  const files = sharedObjects.filter((path) => path.startsWith("/")).map((path) => realpathSync(path));
  const loader = files.find((path) => /\/ld-[^/]*$/.test(path));
  const program = `/host${realpathSync(process.execPath)}`;
  if (loader === undefined) return quote(program);
  const libraries = [...new Set(files.map((path) => `/host${dirname(path)}`))].join(":");
  return `${quote(`/host${loader}`)} --library-path ${quote(libraries)} ${quote(program)}`;
}

/** Before anything else in a guest on an image: the shared directory, and the host's node. */
function shareLines(share: string): string[] {
  return [
    `export PATH=${DIRECTORIES} ${ENVIRONMENT}`,
    `mkdir -p ${quote(share)}; mount -n -t hostfs none ${quote(share)} -o ${quote(share)}`,
    `printf '#!/bin/sh\\nexec %s "$@"\\n' ${quote(nodeOfHost())} > /usr/local/bin/node; chmod 755 /usr/local/bin/node`,
    // Debian's node reads some of its own modules from there (Debian 13), and does not start without.
    "[ ! -d /host/usr/share/nodejs ] || ln -sfn /host/usr/share/nodejs /usr/share/nodejs",
    "ln -sfn /host/usr/lib/uml/modules /lib/modules",
  ];
}

function bootImage(guest: ImageBoot, lines: readonly string[]): Promise<ChildResult> {
  const disk = `ubd0=${join(dirname(guest.init), "disk")},${guest.image}`;
  const parameters = [disk, "root=/dev/ubda", "rootfstype=ext4", "init=/sbin/guest-init", `RUNT_GUEST=${guest.init}`];
  return boot(guest, [...shareLines(guest.share), ...lines], [...parameters, ...guest.parameters]);
}

/** A guest on an image, with the script as its first process. */
export function bootOnImage(guest: ImageBoot): Promise<ChildResult> {
  return bootImage(guest, [...PREAMBLE, guest.script, OFF]);
}

/** A guest whose first process is systemd; the script is a service of it. */
export function bootSystemd(guest: ImageBoot): Promise<ChildResult> {
  const script = `${guest.init}.service`;
  writeFileSync(script, [`export PATH=${DIRECTORIES} ${ENVIRONMENT}`, "mkdir -m 711 /run/tmp", guest.script, OFF, ""].join("\n"));
  const unit = [
    "[Unit]",
    "After=basic.target dbus.service systemd-logind.service systemd-user-sessions.service",
    "[Service]",
    "Type=exec",
    `ExecStart=/bin/sh ${script}`,
    `ExecStopPost=${OFF.replace(/^sync; /, "")}`,
    "TasksMax=infinity",
    "[Install]",
    "WantedBy=multi-user.target",
  ];
  return bootImage(guest, [
    `printf '%s\\n' ${unit.map(quote).join(" ")} > /etc/systemd/system/guest-script.service`,
    "mkdir -p /etc/systemd/system/multi-user.target.wants",
    "ln -s ../guest-script.service /etc/systemd/system/multi-user.target.wants/",
    "exec /lib/systemd/systemd",
  ]);
}
