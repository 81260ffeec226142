// SPDX-License-Identifier: Apache-2.0
/** What surrounds the program: its command line, its environment, its user, its trace. For the command line alone. */
import { commandLine, currentDirectory, environ, installErrors } from "../process/surroundings.ts";
import { hostUser } from "../host/user.ts";

export { openTrace } from "../process/surroundings.ts";

export interface Surroundings {
  readonly words: readonly string[];
  readonly environ: ReadonlyMap<string, string>;
  /** The current directory; asked for only where a path is relative. */
  readonly directory: () => string;
}

/** First thing in the program: failed calls throw from here on. */
export function enter(): Surroundings {
  installErrors();
  const variables = environ().map((entry): [string, string] => {
    const equals = entry.indexOf("=");
    return equals === -1 ? [entry, ""] : [entry.slice(0, equals), entry.slice(equals + 1)];
  });
  return { words: commandLine(), environ: new Map(variables), directory: currentDirectory };
}

/** Whether state belongs in the user's own directory: an ordinary user, or root of a user namespace that stays somebody else. */
export function usesOwnStateDirectory(variables: ReadonlyMap<string, string>): boolean {
  const { euid, inUserNamespace } = hostUser();
  if (euid !== 0) return true;
  return inUserNamespace && variables.get("XDG_RUNTIME_DIR") !== undefined && variables.get("USER") !== "root";
}
