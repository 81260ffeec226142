// SPDX-License-Identifier: Apache-2.0
/** What surrounds the program: its command line, its environment, its user, its trace. For the command line alone. */
import { commandLine, currentDirectory, environ, environmentValue, installErrors } from "../process/surroundings.ts";
import type { Environment } from "./context.ts";
import { hostUser } from "../host/user.ts";

export { openTrace } from "../process/surroundings.ts";

export interface Surroundings {
  readonly words: readonly string[];
  readonly environ: Environment;
  /** The current directory; asked for only where a path is relative. */
  readonly directory: () => string;
}

/** Looks a variable up when it is asked for: most commands want to know two or three of dozens. */
class ProcessEnvironment implements Environment {
  get(name: string): string | undefined {
    return environmentValue(name);
  }

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  entries(): readonly string[] {
    return environ();
  }
}

/** First thing in the program: failed calls throw from here on. */
export function enter(): Surroundings {
  installErrors();
  return { words: commandLine(), environ: new ProcessEnvironment(), directory: currentDirectory };
}

/** Whether state belongs in the user's own directory: an ordinary user, or root of a user namespace that stays somebody else. */
export function usesOwnStateDirectory(variables: Environment): boolean {
  const { euid, inUserNamespace } = hostUser();
  if (euid !== 0) return true;
  return inUserNamespace && variables.get("XDG_RUNTIME_DIR") !== undefined && variables.get("USER") !== "root";
}
