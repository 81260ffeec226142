// SPDX-License-Identifier: Apache-2.0
/** `--regex`: one command for every container whose id matches. */
import type { RuntimeContext } from "../../container/context.ts";
import { listContainers } from "../../container/list.ts";
import type { FlagDescription, FlagValues } from "../describe.ts";
import { UsageError } from "../parse.ts";

export const regexFlag: FlagDescription = {
  name: "regex",
  short: "r",
  type: "boolean",
  help: "the argument is a regular expression for container ids",
};

/**
 * Does `step` for one container, or with `--regex` for every one whose id matches: all are tried, whatever fails for some.
 *
 * Throws what failed; of several failures the first, with how many others there were.
 */
export function forNamed(context: RuntimeContext, flags: FlagValues, name: string, step: (id: string) => void): void {
  if (flags.boolean("regex") !== true) {
    step(name);
    return;
  }
  const failures: unknown[] = [];
  for (const id of matchingIds(context, name)) {
    try {
      step(id);
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 1) throw new Error(`${failures.length} containers failed, the first of them`, { cause: failures[0] });
  if (failures.length === 1) throw failures[0];
}

/** Ids that match, sorted. Throws UsageError for an expression that cannot be read. */
function matchingIds(context: RuntimeContext, expression: string): string[] {
  let pattern: RegExp;
  try {
    pattern = new RegExp(expression, "u");
  } catch (cause) {
    throw new UsageError(
      `invalid regular expression ${JSON.stringify(expression)}: ${cause instanceof Error ? cause.message : ""}`,
    );
  }
  const { containers, problems } = listContainers(context, { rootIsDefault: true });
  return [...containers, ...problems]
    .map(({ id }) => id)
    .filter((id) => pattern.test(id))
    .sort();
}
