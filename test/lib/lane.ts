// SPDX-License-Identifier: Apache-2.0
/** Where a test runs: the runtime under test, the lane, and what this machine can do. */
import { accessSync, existsSync, readFileSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { tmpdir } from "node:os";

export const repository = process.env["RUNT_TEST_REPOSITORY"] ?? process.cwd();

function which(program: string): string | undefined {
  if (program === "") return undefined;
  if (program.includes("/")) return resolve(program);
  const directories = (process.env["PATH"] ?? "").split(delimiter).concat("/usr/sbin", "/sbin");
  return directories.map((directory) => join(directory, program)).find((path) => existsSync(path));
}

/** The runtime under test; `RUNTIME=runc make check` runs the same suites on another one. */
export const runtime = which(process.env["RUNTIME"] ?? "") ?? join(repository, "build/runt");

/** Whether all of the promises of runt are asked for: of runt itself, and with STRICT=1 of another runtime. */
export const isRunt = process.env["RUNTIME"] === undefined || process.env["STRICT"] !== undefined;

/** Helper program of the tests, see agent/agent.c. */
export const agent = join(repository, "build/test-agent");

/** Begins the name of all cgroups of this file; the test runner removes what is left of them. */
export const runName = process.env["RUNT_TEST_NAME"] ?? `runt-test-${process.pid}`;

export const lane = process.env["RUNT_TEST_LANE"] ?? "host";

/** Short and private, for the sake of socket paths. */
export const temporary = tmpdir();

/** Whether `/sys/fs/cgroup` is the v2 hierarchy. */
export const cgroupV2 = existsSync("/sys/fs/cgroup/cgroup.controllers");

/** Controllers that a container can be limited with here. */
export function controllers(): string[] {
  if (cgroupV2) return readFileSync("/sys/fs/cgroup/cgroup.controllers", "utf8").trim().split(/\s+/).filter(Boolean);
  const lines = readFileSync("/proc/self/mountinfo", "utf8").split("\n");
  return lines.flatMap((line) =>
    / - cgroup cgroup /.test(line) ? (line.split(" ")[4]?.split("/").at(-1) ?? "").split(",") : [],
  );
}

/** A program's path, or undefined where it is not installed. */
export const findProgram = which;

/** For `{ skip }` of a subtest: the reason, or false. */
export function unless(condition: boolean, reason: string): string | false {
  return condition ? false : reason;
}

/** `{ skip }` for a test of a kernel feature that shows as a file. */
export function unlessFile(path: string, reason: string): string | false {
  try {
    accessSync(path);
    return false;
  } catch {
    return reason;
  }
}

/** Capabilities in the bounding set of this process, by number. */
export function boundingSet(): bigint {
  return BigInt(`0x${/^CapBnd:\s*([0-9a-f]+)/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "0"}`);
}

/** `CAP_SYS_RESOURCE` is what raising a limit takes; some machines lack it. */
export const mayRaiseLimits = (boundingSet() & (1n << 24n)) !== 0n;
