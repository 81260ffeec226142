// SPDX-License-Identifier: Apache-2.0
/** Text of /proc/PID/mountinfo. Pure. proc_pid_mountinfo(5) */

export interface MountInfo {
  readonly id: number;
  readonly parent: number;
  readonly major: number;
  readonly minor: number;
  /** What of the file system is mounted. */
  readonly root: string;
  readonly mountPoint: string;
  /** Per-mount options: ro, nosuid, … */
  readonly options: readonly string[];
  /** shared:N, master:N, propagate_from:N, unbindable. */
  readonly propagation: readonly string[];
  readonly type: string;
  readonly source: string;
  readonly superOptions: readonly string[];
}

/** Undoes the kernel's octal escapes of blank, tab, newline and backslash. */
export function unescapeOctal(text: string): string {
  return text.includes("\\")
    ? text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)))
    : text;
}

function parseLine(line: string): MountInfo {
  const fields = line.split(" ");
  const separator = fields.indexOf("-", 6);
  const [id = "", parent = "", device = "", root = "", mountPoint = "", options = ""] = fields;
  const [type, source, superOptions = ""] = separator === -1 ? [] : fields.slice(separator + 1);
  if (type === undefined || source === undefined) throw new Error(`unreadable mountinfo line ${JSON.stringify(line)}`);
  const [major = "", minor = ""] = device.split(":");
  return {
    id: Number(id),
    parent: Number(parent),
    major: Number(major),
    minor: Number(minor),
    root: unescapeOctal(root),
    mountPoint: unescapeOctal(mountPoint),
    options: options.split(","),
    propagation: fields.slice(6, separator),
    type: unescapeOctal(type),
    source: unescapeOctal(source),
    superOptions: superOptions.split(","),
  };
}

/** All mounts, in the kernel's order: what is mounted over something comes after it. */
export function parseMountInfo(text: string): MountInfo[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map(parseLine);
}

/** The mount that `path` (absolute, without links) lies on: the last of those with the longest mount point above it. */
export function mountOf(mounts: readonly MountInfo[], path: string): MountInfo | undefined {
  let best: MountInfo | undefined;
  for (const mount of mounts) {
    const prefix = mount.mountPoint === "/" ? "/" : `${mount.mountPoint}/`;
    const isAbove = path === mount.mountPoint || path.startsWith(prefix);
    if (isAbove && mount.mountPoint.length >= (best?.mountPoint.length ?? 0)) best = mount;
  }
  return best;
}
