// SPDX-License-Identifier: Apache-2.0
/** What documents say of the tree must hold: files that they name exist, and tests attack the flaws that they are named for. Pure. */
import { posix } from "node:path";
import type { TrackedFile } from "./checks.ts";

/** A file of the tree by its name, as a word in backquotes; maybe without the directories that go without saying. */
const SOURCE_NAME = /^[\w.*/-]+\.(ts|c|h|sh|js|patch|proto)$/;
const NAMED = /`([^`\s]+)`/g;
const TITLED = /`([^`\s]+\.test\.ts)` \("([^"]+)"\)/g;
const LINK = /\]\(([^)#\s]+)(?:#[^)]*)?\)/g;
const FLAW = /CVE-\d{4}-\d+/g;

/** Everything that is wrong with the documents among `files`: `file: what`. */
export function checkDocuments(files: readonly TrackedFile[]): string[] {
  return files.filter(({ path }) => path.endsWith(".md")).flatMap((file) => checkDocument(file, files));
}

function checkDocument(document: TrackedFile, files: readonly TrackedFile[]): string[] {
  const problems = [
    ...missingSources(document, files),
    ...missingLinks(document, files),
    ...missingTitles(document, files),
    ...document.text.split("\n").flatMap((line) => flawsWithoutTest(line, files)),
  ];
  return problems.map((what) => `${document.path}: ${what}`);
}

function groups(text: string, pattern: RegExp): string[][] {
  return [...text.matchAll(pattern)].map((match) => match.slice(1));
}

function find(name: string, files: readonly TrackedFile[]): TrackedFile | undefined {
  const pattern = new RegExp(`(^|/)${name.replace(/[.]/g, "\\.").replace(/\*/g, "[^/]*")}$`);
  return files.find(({ path }) => pattern.test(path));
}

function missingSources({ text }: TrackedFile, files: readonly TrackedFile[]): string[] {
  const names = groups(text, NAMED).flatMap(([name = ""]) => (SOURCE_NAME.test(name) && !name.startsWith("/") ? [name] : []));
  return [...new Set(names)]
    .filter((name) => find(name, files) === undefined)
    .map((name) => `names \`${name}\`, which is no file`);
}

function missingLinks({ path, text }: TrackedFile, files: readonly TrackedFile[]): string[] {
  const targets = groups(text, LINK).flatMap(([target = ""]) => (/^[a-z]+:/.test(target) ? [] : [target]));
  return targets
    .filter((target) => {
      const place = posix.join(posix.dirname(path), target);
      return !files.some((file) => file.path === place || file.path.startsWith(`${place}/`));
    })
    .map((target) => `has a link to "${target}", which is nowhere`);
}

function missingTitles({ text }: TrackedFile, files: readonly TrackedFile[]): string[] {
  return groups(text, TITLED)
    .filter(([name = "", title = ""]) => find(name, files)?.text.includes(title) === false)
    .map(([name, title]) => `names a test "${title ?? ""}", which \`${name ?? ""}\` does not have`);
}

/** A row of a table that names published flaws names tests, and each of the flaws is named in one of these. */
function flawsWithoutTest(line: string, files: readonly TrackedFile[]): string[] {
  const flaws = line.startsWith("|") ? (line.match(FLAW) ?? []) : [];
  if (flaws.length === 0) return [];
  const tests = groups(line, NAMED).flatMap(([name = ""]) => (name.endsWith(".test.ts") ? [find(name, files)?.text ?? ""] : []));
  return flaws.filter((flaw) => !tests.some((text) => text.includes(flaw))).map((flaw) => `${flaw}: no test of its row names it`);
}
