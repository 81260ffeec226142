// SPDX-License-Identifier: Apache-2.0
/** `--regex`: one command for every container whose id matches. */
import type { RuntimeContext } from "../../container/context.ts";
import { listContainers } from "../../container/list.ts";
import type { FlagDescription } from "../describe.ts";
import { UsageError } from "../parse.ts";

export const regexFlag: FlagDescription = {
  name: "regex",
  short: "r",
  type: "boolean",
  help: "the argument is a regular expression for container ids",
};

/** Ids that match, sorted. Throws UsageError for an expression that cannot be read. */
export function matchingIds(context: RuntimeContext, expression: string): string[] {
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
