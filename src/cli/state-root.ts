// SPDX-License-Identifier: Apache-2.0
/** `--root`: the directory for the state of containers. Pure. */
import type { Environment } from "../container/context.ts";
import { UsageError } from "./parse.ts";

/** `given` as an absolute path without `.` and `..`. Throws UsageError for the root of the file system. */
export function absoluteRoot(given: string, directory: () => string): string {
  const joined = given.startsWith("/") ? given : `${directory()}/${given}`;
  const names: string[] = [];
  for (const name of joined.split("/")) {
    if (name === "..") names.pop();
    else if (name !== "" && name !== ".") names.push(name);
  }
  if (names.length === 0)
    throw new UsageError('--root "/" would mix containers with the files of the system: name another directory');
  return `/${names.join("/")}`;
}

/** Where state is on a system of root. */
const systemRoot = "/run/runt";

/** Where state is when nobody says: in the caller's own runtime directory if `own`, else for the whole system. */
export function defaultRoot(environ: Pick<Environment, "get">, own: () => boolean): string {
  const runtimeDirectory = environ.get("XDG_RUNTIME_DIR");
  return runtimeDirectory !== undefined && runtimeDirectory !== "" && own() ? `${runtimeDirectory}/runt` : systemRoot;
}
