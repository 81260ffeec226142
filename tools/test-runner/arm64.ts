// SPDX-License-Identifier: Apache-2.0
/** What the arm64 lane needs before its tests: the cross-built program, and a kernel to boot. Made outside of the lane, which has no network. */
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { runChild } from "./child.ts";

/** Seconds for what comes from the mirror, and for the build. */
const FETCH_LIMIT = 180;
const BUILD_LIMIT = 600;

const PROGRAMS = ["aarch64-linux-gnu-gcc", "qemu-aarch64-static", "qemu-system-aarch64"];
const FETCHED = ["build/arm64/sysroot/.stamp", "build/arm64/guest/vmlinuz"];

/** Undefined when all is there; a lane without its tools or its downloads is skipped, and one that does not build is broken. */
export async function prepareArm64(repository: string): Promise<{ skip: string } | { broken: string } | undefined> {
  const directories = (process.env["PATH"] ?? "").split(delimiter).concat("/usr/bin");
  const missing = PROGRAMS.filter((program) => !directories.some((directory) => existsSync(join(directory, program))));
  if (missing.length > 0) return { skip: `${missing.join(", ")} not installed` };
  const make = (limit: number, ...goals: string[]): ReturnType<typeof runChild> => {
    const argv = ["make", "--no-print-directory", "-C", repository, "-j2", "ARCH=arm64", ...goals];
    return runChild(argv, { timeout: limit, env: { ...process.env, MAKEFLAGS: "" } });
  };
  const fetched = await make(FETCH_LIMIT, ...FETCHED);
  if (fetched.code !== 0)
    return { skip: `nothing to cross-build with: ${fetched.stderr.trim().split("\n").at(-2) ?? "no answer"}` };
  const built = await make(BUILD_LIMIT, "guest");
  return built.code === 0 ? undefined : { broken: `make ARCH=arm64 guest: ${built.timedOut ? "no end" : built.stderr}` };
}
