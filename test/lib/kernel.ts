// SPDX-License-Identifier: Apache-2.0
/** The kernel's view of a container: /proc and the cgroup files, read from outside. */
import { existsSync, readFileSync, readdirSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { cgroupV2 } from "./lane.ts";

export interface MountInfo {
  readonly root: string;
  readonly point: string;
  readonly options: readonly string[];
  /** `shared:N`, `master:N`, `unbindable`. */
  readonly propagation: readonly string[];
  readonly type: string;
  readonly source: string;
  readonly superOptions: readonly string[];
}

function unescape(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

/** Parses `/proc/PID/mountinfo`. */
export function parseMountInfo(text: string): MountInfo[] {
  return text
    .split("\n")
    .filter((line) => line.includes(" - "))
    .map((line) => {
      const [left = "", right = ""] = line.split(" - ");
      const [, , , root = "", point = "", options = "", ...propagation] = left.split(" ");
      const [type = "", source = "", superOptions = ""] = right.split(" ");
      return {
        root: unescape(root),
        point: unescape(point),
        options: options.split(","),
        propagation: propagation.filter((field) => field !== ""),
        type,
        source: unescape(source),
        superOptions: superOptions.split(","),
      };
    });
}

/** The topmost mount on `point` in the mount namespace of `pid`. */
export function mountOn(pid: number | "self", point: string): MountInfo | undefined {
  return parseMountInfo(readFileSync(`/proc/${pid}/mountinfo`, "utf8")).findLast((mount) => mount.point === point);
}

/** A field of `/proc/PID/status`, trimmed; undefined when there is none. */
export function statusField(pid: number | "self", field: string): string | undefined {
  return new RegExp(`^${field}:[ \\t]*(.*)$`, "m").exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]?.trim();
}

/** Soft and hard limit in `/proc/PID/limits`, e.g. of "open files". */
export function limits(pid: number, name: string): [string, string] | undefined {
  const match = new RegExp(`^Max ${name}\\s+(\\S+)\\s+(\\S+)`, "m").exec(readFileSync(`/proc/${pid}/limits`, "utf8"));
  return match?.[1] !== undefined && match[2] !== undefined ? [match[1], match[2]] : undefined;
}

/** Each type of namespace of the spec with the name of its file in /proc/PID/ns. */
export const NAMESPACES: readonly { type: string; proc: string }[] = [
  { type: "pid", proc: "pid" },
  { type: "network", proc: "net" },
  { type: "mount", proc: "mnt" },
  { type: "ipc", proc: "ipc" },
  { type: "uts", proc: "uts" },
  { type: "user", proc: "user" },
  { type: "cgroup", proc: "cgroup" },
  { type: "time", proc: "time" },
];

/** Identity of a namespace, e.g. `pid:[4026531836]`. */
export function namespaceOf(pid: number | "self", kind: string): string {
  return readlinkSync(`/proc/${pid}/ns/${kind}`);
}

export function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

/** Where the cgroup of `pid` is in the file system: of `controller` in v1, or the one of v2. */
export function cgroupDirectory(pid: number, controller: string): string | undefined {
  for (const line of readFileSync(`/proc/${pid}/cgroup`, "utf8").split("\n")) {
    const [, names = "", path = ""] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (cgroupV2 && names === "" && path !== "") return join("/sys/fs/cgroup", path);
    if (!cgroupV2 && names.split(",").includes(controller)) return join("/sys/fs/cgroup", controller, path);
  }
  return undefined;
}

/** The directories that a container with this cgroups path has, in every hierarchy. */
export function cgroupDirectories(cgroupsPath: string): string[] {
  if (cgroupV2) return [join("/sys/fs/cgroup", cgroupsPath)].filter(existsSync);
  return readdirSync("/sys/fs/cgroup")
    .map((controller) => join("/sys/fs/cgroup", controller, cgroupsPath))
    .filter((path) => existsSync(path));
}

/** Pids whose command line contains `text`; for what must not be left running. */
export function processesWith(text: string): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(text);
      } catch {
        return false; // it ended meanwhile
      }
    })
    .map(Number);
}

/** Names of a set of capabilities as `/proc/PID/status` prints it, lowest bit first, by number. */
export function capabilityNumbers(mask: string | undefined): number[] {
  const bits = BigInt(`0x${mask ?? "0"}`);
  return Array.from({ length: 64 }, (_, index) => index).filter((index) => (bits >> BigInt(index)) & 1n);
}
