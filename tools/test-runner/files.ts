// SPDX-License-Identifier: Apache-2.0
/** Finds the test files and what each says about itself. */
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

/**
 * unit: no kernel; host: this machine as it is; v2: a private cgroup v2 view; engines: as host, and with room for the daemons of
 * container engines; arm64: as host, with what `make ARCH=arm64` builds. The others are guests. With a user-mode-linux kernel: uml, on this machine's root file system; systemd, a Debian
 * with systemd and AppArmor; selinux, the same Debian with SELinux; cluster, the same Debian with systemd and with container
 * engines, as the node of a cluster has them. Virtual machines with a kernel of Debian's, on this machine's root
 * file system: vm, with all controllers of cgroup v2; vmv1, with all of cgroup v1.
 */
export type Lane = "unit" | "host" | "v2" | "engines" | "arm64" | GuestLane;
export const VM_LANES = ["vm", "vmv1"] as const;
export type VmLane = (typeof VM_LANES)[number];
export const GUEST_LANES = ["cluster", "systemd", "uml", ...VM_LANES, "selinux"] as const;
export type GuestLane = (typeof GUEST_LANES)[number];
export const LANES: readonly Lane[] = ["unit", "host", "v2", ...GUEST_LANES, "engines", "arm64"];

/** The lanes that a list such as `unit,host` names; throws on one that does not exist. */
export function parseLanes(list: string): Lane[] {
  const names = list.split(",");
  const unknown = names.find((name) => !LANES.some((lane) => lane === name));
  if (unknown !== undefined) throw new Error(`no lane "${unknown}", should be one of ${LANES.join(" ")}`);
  return LANES.filter((lane) => names.includes(lane));
}

/** What the comment `// @lanes host v2 @timeout 90 @alone` near the top of a test file says. */
export interface TestHeader {
  readonly lanes: readonly Lane[];
  /** Seconds until the file is killed and counts as failed. */
  readonly timeout: number;
  /** Runs with no other file beside it: it measures time or fills the machine. */
  readonly alone: boolean;
}

export interface TestFile extends TestHeader {
  /** Relative to the repository. */
  readonly path: string;
}

/** Directories with tests, and the lanes of those files that name none. */
const ROOTS: readonly { readonly dir: string; readonly lanes: readonly Lane[] }[] = [
  { dir: "src", lanes: ["unit"] },
  { dir: "tools", lanes: ["unit"] },
  { dir: "bench", lanes: ["unit"] },
  { dir: "conformance", lanes: ["unit"] },
  { dir: "test", lanes: ["host"] },
];
const DEFAULT_TIMEOUT = 60;

/** Reads a test file's header; throws on a lane that does not exist, for such a file would never run. */
export function parseHeader(source: string, defaults: readonly Lane[]): TestHeader {
  const comments = source.split("\n", 12).filter((line) => line.startsWith("//"));
  const words = comments.join(" ");
  const named = /@lanes((?:\s+[a-z0-9]+)+)/.exec(words)?.[1]?.trim().split(/\s+/) ?? [];
  const unknown = named.find((name) => !LANES.some((lane) => lane === name));
  if (unknown !== undefined) throw new Error(`unknown lane "${unknown}", should be one of ${LANES.join(" ")}`);
  const lanes = LANES.filter((lane) => named.includes(lane));
  const timeout = /@timeout\s+(\d+)/.exec(words)?.[1];
  return {
    lanes: lanes.length > 0 ? lanes : defaults,
    timeout: timeout === undefined ? DEFAULT_TIMEOUT : Number(timeout),
    alone: /@alone\b/.test(words),
  };
}

/** All test files, sorted by path, whose path contains `filter`. */
export function findTests(repository: string, filter: string): TestFile[] {
  const found: TestFile[] = [];
  for (const { dir, lanes } of ROOTS) {
    for (const entry of list(join(repository, dir))) {
      const path = join(dir, entry);
      if (!path.endsWith(".test.ts") || !path.includes(filter)) continue;
      found.push({ path, ...parseHeader(readFileSync(join(repository, path), "utf8"), lanes) });
    }
  }
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function list(directory: string): string[] {
  try {
    return readdirSync(directory, { recursive: true, encoding: "utf8" });
  } catch {
    return []; // a directory that does not exist has no tests
  }
}
