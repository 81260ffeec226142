// SPDX-License-Identifier: Apache-2.0
/** The rules of the repository, one function each: a file in, what is wrong with it out. Pure. */

export interface TrackedFile {
  /** Relative to the repository. */
  readonly path: string;
  readonly text: string;
}

export interface Context {
  /** Host names that must not appear. */
  readonly packageHosts: readonly string[];
}

export type Check = (file: TrackedFile, context: Context) => string[];

const SOURCE = /\.(ts|js|c|h|sh|mk)$|^Makefile$|^\.ci\/run$/;
const CAPITALS = /^(README|CHANGELOG|SECURITY|ARCHITECTURE|CONFORMANCE|ERRORS|THREAT-MODEL|LICENSE|SOURCES|Makefile)(\.md)?$/;
const FOREIGN = /^test\/fixtures\//;

function spdx({ path, text }: TrackedFile): string[] {
  if (!SOURCE.test(path) || FOREIGN.test(path)) return [];
  const head = text.split("\n", 2).join("\n");
  return head.includes("SPDX-License-Identifier: Apache-2.0") ? [] : ["no SPDX-License-Identifier in the first two lines"];
}

function kebabCase({ path }: TrackedFile): string[] {
  const bad = path.split("/").filter((part) => !CAPITALS.test(part) && !/^\.?[a-z0-9][a-z0-9.+-]*$/.test(part));
  return FOREIGN.test(path) || bad.length === 0 ? [] : [`"${bad.join('", "')}" should be in kebab-case`];
}

function noHosts({ text }: TrackedFile, { packageHosts }: Context): string[] {
  return packageHosts.filter((host) => text.includes(host)).map((host) => `names the package host "${host}"`);
}

function noMachinePaths({ text }: TrackedFile): string[] {
  const found = /(?:^|[^A-Za-z0-9_.-])(\/(?:work|farm)\/\S*)/m.exec(text);
  return found ? [`has the path of one machine, "${found[1] ?? ""}"`] : [];
}

function noLooseEnds({ path, text }: TrackedFile): string[] {
  if (path.startsWith("tools/check-repo/") || path.endsWith(".md")) return [];
  const found = /\b(TODO|FIXME|XXX)\b/.exec(text);
  return found ? [`has a ${found[1] ?? ""}`] : [];
}

function lockWithoutHosts({ path, text }: TrackedFile): string[] {
  return path === "package-lock.json" && /"resolved":/.test(text)
    ? ["has `resolved` lines; remove them, integrity is enough"]
    : [];
}

function oneDoor({ path, text }: TrackedFile): string[] {
  if (!path.startsWith("src/") || path.startsWith("src/linux/") || path.endsWith(".test.ts")) return [];
  return /from "(runt:ffi|#gen\/(constants|structs)\.ts)"/.test(text) ? ["imports the bindings, which only src/linux may"] : [];
}

function finalNewline({ path, text }: TrackedFile): string[] {
  return FOREIGN.test(path) || text === "" || text.endsWith("\n") ? [] : ["has no newline at its end"];
}

export const CHECKS: readonly Check[] = [
  spdx,
  kebabCase,
  noHosts,
  noMachinePaths,
  noLooseEnds,
  lockWithoutHosts,
  oneDoor,
  finalNewline,
];

/** `area: what`, at most 72 characters. */
export function checkSubject(subject: string): string[] {
  if (subject === "" || subject.startsWith("Merge ")) return [];
  if (subject.length > 72) return [`commit "${subject}": ${subject.length} characters, should be at most 72`];
  return /^[a-z0-9.,/ -]+: \S/.test(subject) ? [] : [`commit "${subject}": should be "area: what"`];
}
