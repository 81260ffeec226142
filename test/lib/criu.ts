// SPDX-License-Identifier: Apache-2.0
/** criu, and programs that are called so. */
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Container } from "./container.ts";
import { findProgram } from "./lane.ts";
import { run } from "./run.ts";

/** criu wants to connect to itself once; the network namespace of this lane begins with nothing that is up. */
const loopback = findProgram("criu") !== undefined && run(["ip", "link", "set", "lo", "up"]).code === 0;

/** Whether checkpoints are possible here. */
export const criuWorks = loopback && run(["criu", "check"]).code === 0;

/** A criu that writes down how it is called, and ends as told. Returns the environment with it, and its calls. */
export function fakeCriu(c: Container, script: string): { env: NodeJS.ProcessEnv; calls: () => string[] } {
  const directory = join(c.directory, "fake");
  mkdirSync(directory);
  const file = join(directory, "criu");
  writeFileSync(file, `#!/bin/sh\necho "$@" >> ${directory}/calls\n${script}\n`);
  chmodSync(file, 0o755);
  return {
    env: { ...process.env, PATH: `${directory}:${process.env["PATH"] ?? ""}` },
    calls: () => readFileSync(join(directory, "calls"), "utf8").trim().split("\n"),
  };
}
