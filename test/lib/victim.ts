// SPDX-License-Identifier: Apache-2.0
/** A place of the host that an attack wants to reach. */
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Container } from "./container.ts";

/** A directory of the host, beside the bundle, that an attack wants to reach. */
export function victim(c: Container): string {
  const path = join(c.directory, "victim");
  mkdirSync(path);
  writeFileSync(join(path, "file"), "untouched\n");
  return path;
}

/** Whether nothing in it was changed, added or removed. */
export function untouched(path: string): boolean {
  return readdirSync(path).join() === "file" && readFileSync(join(path, "file"), "utf8") === "untouched\n";
}
