// SPDX-License-Identifier: Apache-2.0
/** What is wrong with a document, as data and as text. */

/** One thing that is wrong with a document. */
export interface Problem {
  /** Where, e.g. `linux.namespaces[2].type`; empty for the document itself. */
  readonly path: string;
  /** What is, and what should be: `is "netwrk", and must be "pid" or "network"`. */
  readonly message: string;
  /** What may have been meant, as a value or a name; undefined where nothing is close. */
  readonly suggestion?: string | undefined;
}

/** A document that is not what the specification asks for. `message` names the file and every problem. */
export class SpecError extends Error {
  readonly problems: readonly Problem[];

  constructor(message: string, problems: readonly Problem[] = []) {
    super(message);
    this.name = "SpecError";
    this.problems = problems;
  }
}

/** One problem in a sentence: `process.cwd is "tmp", and must be an absolute path`. */
export function renderProblem({ path, message, suggestion }: Problem): string {
  const subject = path === "" ? "the document" : path;
  return `${subject} ${message}${suggestion === undefined ? "" : `; did you mean ${JSON.stringify(suggestion)}?`}`;
}

/** All problems of a file: one sentence for one, a list for more. Throws nothing; the list must not be empty. */
export function renderProblems(file: string, problems: readonly Problem[]): string {
  const [first] = problems;
  if (first !== undefined && problems.length === 1) return `${file}: ${renderProblem(first)}`;
  return `${file} has ${problems.length} problems:\n${problems.map((problem) => `  ${renderProblem(problem)}`).join("\n")}`;
}

const SHOWN = 60;

/** A value as messages show it: in JSON and short, control characters made visible. */
export function show(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (typeof value === "object" && value !== null) return "an object";
  if (typeof value !== "string") return String(value);
  return JSON.stringify(value.length > SHOWN ? `${value.slice(0, SHOWN)}…` : value);
}

/** `"a", "b" or "c"`. */
export function oneOf(values: readonly string[]): string {
  const quoted = values.map((value) => JSON.stringify(value));
  const last = quoted.pop() ?? "nothing";
  return quoted.length === 0 ? last : `${quoted.join(", ")} or ${last}`;
}

/** A JSON pointer as a path: `/linux/namespaces/2/type` -> `linux.namespaces[2].type`, `/annotations/a.b` -> `annotations["a.b"]`. */
export function pathOf(pointer: string): string {
  let path = "";
  for (const key of pointerKeys(pointer)) path = join(path, /^\d+$/.test(key) ? Number(key) : key);
  return path;
}

/** A path with one more member: of a list by number, of an object by name. */
export function join(path: string, key: string | number): string {
  if (typeof key === "number") return `${path}[${key}]`;
  if (!/^[A-Za-z_$][\w$]*$/.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === "" ? key : `${path}.${key}`;
}

/** The keys of a JSON pointer (RFC 6901). */
export function pointerKeys(pointer: string): string[] {
  return pointer.split("/").slice(1).map(unescapeKey);
}

function unescapeKey(key: string): string {
  return key.replaceAll("~1", "/").replaceAll("~0", "~");
}
