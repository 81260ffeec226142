// SPDX-License-Identifier: Apache-2.0
/** What systemd and the kernel say of the units of containers. */
import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { must } from "../../lib/container.ts";
import { run } from "../../lib/run.ts";

const ROOT = "/sys/fs/cgroup";

/** A script that tries /dev/kmsg, which no container has unless told, and /dev/zero, which all have. */
export const DENIED_DEVICE = [
  "test -e /tmp/kmsg || mknod /tmp/kmsg c 1 11",
  "head -c 0 /tmp/kmsg 2>/dev/null && echo kmsg",
  "head -c 0 /dev/zero && echo zero",
].join("; ");

/** A file of a cgroup, trimmed. */
export function unitFile(cgroup: string, name: string): string {
  return readFileSync(join(ROOT, cgroup, name), "utf8").trim();
}

/** The v2 cgroup of a process, below /sys/fs/cgroup. */
export function cgroupOf(pid: number): string {
  return readFileSync(`/proc/${pid}/cgroup`, "utf8").trim().replace(/^0::/, "");
}

/** The pids in a cgroup, not below it. */
export function processesIn(cgroup: string): string[] {
  return unitFile(cgroup, "cgroup.procs").split("\n").filter(Boolean);
}

/** The cgroups in one; none when it is not there. */
export function childrenOf(cgroup: string): string[] {
  if (!existsSync(join(ROOT, cgroup))) return [];
  const entries = readdirSync(join(ROOT, cgroup), { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
}

export function hasCgroup(cgroup: string): boolean {
  return existsSync(join(ROOT, cgroup));
}

/** Properties of a unit, as `systemctl show` prints them. */
export function properties(unit: string, names: readonly string[], flags: readonly string[] = []): Record<string, string> {
  const shown = must(run(["systemctl", ...flags, "show", "--property", names.join(","), unit])).stdout.trim();
  return Object.fromEntries(shown.split("\n").map((line) => line.split(/=(.*)/).slice(0, 2)));
}

/** Checks properties of a unit and files of its cgroup. */
export function assertUnit(unit: string, cgroup: string, expected: { properties: object; files: object }): void {
  assert.deepEqual(properties(unit, Object.keys(expected.properties)), expected.properties);
  const files = Object.keys(expected.files).map((name) => [name, unitFile(cgroup, name)]);
  assert.deepEqual(Object.fromEntries(files), expected.files);
}

/** The units that systemd knows, in whatever state, of which `part` is in the name. */
export function unitsWith(part: string): string[] {
  const listed = must(run(["systemctl", "list-units", "--all", "--plain", "--no-legend"])).stdout;
  return listed.split("\n").filter((line) => line.includes(part));
}

/** `systemctl daemon-reload`, which has systemd write all that it knows to the cgroups again. */
export function reloadSystemd(): void {
  must(run(["systemctl", "daemon-reload"]));
}
