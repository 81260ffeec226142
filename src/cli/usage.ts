// SPDX-License-Identifier: Apache-2.0
/** What arguments a command takes, in words and as a check. Pure. */
import type { CommandDescription, ParameterDescription } from "./describe.ts";

/** `CONTAINER [SIGNAL]`; empty for a command that takes nothing. */
export function parameterList(parameters: readonly ParameterDescription[]): string {
  return parameters.map(parameterText).join(" ");
}

function parameterText({ name, optional, many }: ParameterDescription): string {
  const text = many === true ? `${name}...` : name;
  return optional === true ? `[${text}]` : text;
}

/** `runt kill [command options] CONTAINER [SIGNAL]`. */
export function usageLine({ name, flags, parameters }: CommandDescription): string {
  return ["runt", name, flags.length === 0 ? "" : "[command options]", parameterList(parameters)]
    .filter((word) => word !== "")
    .join(" ");
}

/** What is wrong with this number of arguments: `"kill" requires a minimum of 1 argument(s), and got none`; undefined when it is right. */
export function countProblem({ name, parameters }: CommandDescription, count: number): string | undefined {
  const least = parameters.filter(({ optional }) => optional !== true).length;
  const most = parameters.some(({ many }) => many === true) ? Infinity : parameters.length;
  if (count >= least && count <= most) return undefined;
  const bound = least === most ? "exactly" : count < least ? "a minimum of" : "a maximum of";
  const limit = count < least ? least : most;
  return `"${name}" requires ${bound} ${limit} argument(s), and got ${count === 0 ? "none" : count}`;
}
