// SPDX-License-Identifier: Apache-2.0
/** What is wrong with a config, collected so that one call tells everything at once. */

/** One thing that config.json asks for and that cannot be done. */
export interface Problem {
  /** Where, e.g. `linux.namespaces[1].path`. */
  readonly path: string;
  /** What is, and what should be: `is "ns/net", and must be an absolute path`. */
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string;
}

/** Every problem found. `message` is a sentence for one, a list for more; `hint` has the distinct hints, one a line. */
export class PlanError extends Error {
  readonly problems: readonly Problem[];
  readonly hint: string | undefined;

  constructor(problems: readonly Problem[]) {
    const sentences = problems.map(sentence);
    super(
      sentences.length === 1 ? sentences[0] : `${sentences.length} problems:\n${sentences.map((line) => `  ${line}`).join("\n")}`,
    );
    this.name = "PlanError";
    this.problems = problems;
    const hints = new Set<string>();
    for (const problem of problems) if (problem.hint !== undefined) hints.add(problem.hint);
    this.hint = hints.size === 0 ? undefined : [...hints].join("\n");
  }
}

function sentence(problem: Problem): string {
  return `${problem.path} ${problem.message}`;
}

/** Where the planners write down what they refuse and what they only wonder at. */
export class Report {
  /** What is refused. */
  readonly problems: Problem[] = [];
  /** What is carried out, though hardly as it was meant. */
  readonly oddities: Problem[] = [];

  refuse(path: string, message: string, hint?: string): void {
    this.problems.push(hint === undefined ? { path, message } : { path, message, hint });
  }

  warn(path: string, message: string): void {
    this.oddities.push({ path, message });
  }

  /** The oddities, a sentence each. */
  get warnings(): string[] {
    return this.oddities.map(sentence);
  }

  /** Throws PlanError if anything was refused. */
  throwIfRefused(): void {
    if (this.problems.length > 0) throw new PlanError(this.problems);
  }
}

/** A value as messages show it: strings quoted, with control characters made visible. */
export function quote(value: string): string {
  return JSON.stringify(value);
}

/** `"a", "b" or "c"`, for "must be one of". */
export function oneOf(values: Iterable<string>): string {
  const all = [...values];
  const last = all.pop();
  return all.length === 0 ? (last ?? "nothing") : `${all.join(", ")} or ${last}`;
}
