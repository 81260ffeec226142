// SPDX-License-Identifier: Apache-2.0
/** Carries out settings: at once for a new cgroup, all or nothing for one that is in use. */
import { describe, errnoText, HintedError, isErrno, SyscallError } from "../linux/errors.ts";
import { readFileIfAny, writeFile } from "../linux/file.ts";
import { hintFor } from "./hints.ts";
import type { Setting } from "./settings.ts";

/** Directory of a controller's files; undefined when the host has no such v1 hierarchy. */
export type DirectoryOf = (controller: string) => string | undefined;

/** What came of a setting: the kernel rounds and clamps. */
export interface Accepted {
  readonly field: string;
  readonly file: string;
  readonly asked: string;
  /** What the file says afterwards. */
  readonly value: string;
}

/** The kernel does not take a limit. */
export class LimitRefusedError extends HintedError {
  readonly code = "config-refused";
}

interface Undo {
  readonly path: string;
  readonly texts: readonly string[];
}

/** Writes `text`. Throws an error that says all of it: `write "100" to "/…/pids.max": invalid argument (EINVAL)`. */
export function writeCgroupFile(directory: string, file: string, text: string): void {
  try {
    writeFile(`${directory}/${file}`, text);
  } catch (error) {
    throw refused(directory, file, text, error);
  }
}

function refused(directory: string, file: string, text: string, error: unknown): unknown {
  if (!(error instanceof SyscallError)) return error;
  const what = `write ${JSON.stringify(text)} to ${JSON.stringify(`${directory}/${file}`)}`;
  return new HintedError(`${what}: ${errnoText(error.errno)} (${error.code})`, { hint: hintFor(file, error.code) });
}

/** Writes the settings of a new cgroup. Throws at the first that is refused. */
export function writeSettings(settings: readonly Setting[], directoryOf: DirectoryOf): void {
  writeInOrder(settings, directoryOf);
}

/**
 * Writes the settings of a cgroup that is in use, and tells what the kernel made of them. When anything goes wrong on the way,
 * `commit` at the end included, what was changed is taken back, and it throws.
 */
export function changeSettings(settings: readonly Setting[], directoryOf: DirectoryOf, commit?: () => void): Accepted[] {
  const takeBackAll = rememberSettings(settings, directoryOf);
  try {
    const accepted = writeInOrder(settings, directoryOf).map(({ path, setting }) => ({
      field: setting.field,
      file: setting.file,
      asked: setting.value,
      value: valueIn(readFileIfAny(path) ?? "", setting),
    }));
    commit?.();
    return accepted;
  } catch (error) {
    throw notTakenBack(error, takeBackAll());
  }
}

/** The error of a change that failed, with what is `left` of it: nothing, as a rule. */
export function notTakenBack(error: unknown, left: readonly string[]): unknown {
  if (left.length === 0) return error;
  return new Error(`${describe(error)}; and what was changed before could not all be taken back: ${left.join(", ")}`, {
    cause: error,
  });
}

/**
 * Keeps what the files of settings say now. The function that it returns writes that back where it has changed since, and returns
 * the files that do not take it.
 */
export function rememberSettings(settings: readonly Setting[], directoryOf: DirectoryOf): () => string[] {
  const kept = settings
    .flatMap((setting) => [setting, ...(setting.fallback === undefined ? [] : [setting.fallback])])
    .flatMap((setting) => {
      const directory = directoryOf(setting.controller);
      return directory === undefined ? [] : filesOf(setting, directory);
    });
  return () => takeBack(kept.filter(({ path, old }) => readFileIfAny(path) !== old).reverse());
}

interface Written {
  readonly path: string;
  readonly setting: Setting;
}

function writeInOrder(settings: readonly Setting[], directoryOf: DirectoryOf): Written[] {
  const queue = settings.map((setting) => ({ setting, again: false }));
  const written: Written[] = [];
  for (const { setting, again } of queue) {
    try {
      const done = writeOne(setting, directoryOf);
      if (done !== undefined) written.push(done);
    } catch (error) {
      if (!isErrno(error, "EINVAL") || setting.patient !== true || again) throw explain(setting, directoryOf, error);
      queue.push({ setting, again: true });
    }
  }
  return written;
}

function writeOne(setting: Setting, directoryOf: DirectoryOf): Written | undefined {
  const directory = directoryOf(setting.controller);
  if (directory === undefined) return insteadOf(setting, directoryOf, missingHierarchy(setting));
  const path = `${directory}/${setting.file}`;
  try {
    writeFile(path, setting.value);
    return { path, setting };
  } catch (error) {
    if (!isErrno(error, "ENOENT")) throw error;
    return insteadOf(setting, directoryOf, error);
  }
}

/** What the file of a setting says, and those that change with it: the order in which they were changed, for an undo from the end. */
function filesOf(setting: Setting, directory: string): (Undo & { readonly old: string })[] {
  const dragged = setting.drags === undefined ? [] : [{ ...setting, file: setting.drags }];
  return [...dragged, setting].flatMap((each) => {
    const path = `${directory}/${each.file}`;
    const old = readFileIfAny(path);
    return old === undefined ? [] : [{ path, old, texts: undoTexts(old, each) }];
  });
}

/** Where the kernel does not have the file. */
function insteadOf(setting: Setting, directoryOf: DirectoryOf, error: unknown): Written | undefined {
  if (setting.fallback !== undefined) return writeOne(setting.fallback, directoryOf);
  if (setting.skipMissing === true) return undefined;
  throw error;
}

function missingHierarchy({ controller }: Setting): Error {
  return new HintedError(`this host has no cgroup v1 hierarchy with the controller ${JSON.stringify(controller)}`, {
    hint: "leave the limit out, or mount the controller (see /proc/cgroups)",
  });
}

function explain(setting: Setting, directoryOf: DirectoryOf, error: unknown): Error {
  const directory = directoryOf(setting.controller) ?? "";
  const file = setting.fallback?.file ?? setting.file;
  const cause = refused(directory, file, setting.value, error);
  const hint = cause instanceof HintedError ? cause.hint : undefined;
  return new LimitRefusedError(`set ${setting.field}`, { hint: withUsage(directory, setting, error, hint), cause });
}

/** How much is in use, for a limit of memory that is too low. */
function withUsage(directory: string, { file }: Setting, error: unknown, hint: string | undefined): string | undefined {
  if (!isErrno(error, "EBUSY") || !file.startsWith("memory.")) return hint;
  const usage = readFileIfAny(`${directory}/${file.replace("limit_in_bytes", "usage_in_bytes")}`)?.trim();
  return usage === undefined ? hint : `${usage} bytes are in use: ${hint ?? ""}`;
}

/** The line of a keyed file, or the whole text. */
function valueIn(text: string, { keyed }: Setting): string {
  if (keyed === undefined) return text.trim();
  return lineOf(text, keyed.key) ?? "";
}

function lineOf(text: string, key: string): string | undefined {
  return text.split("\n").find((line) => line === key || line.startsWith(`${key} `));
}

function undoTexts(old: string, { keyed, undo }: Setting): string[] {
  if (undo !== undefined) return [undo(old)];
  if (keyed !== undefined) return [lineOf(old, keyed.key) ?? `${keyed.key} ${keyed.reset}`];
  const lines = old.split("\n").filter((line) => line !== "");
  return lines.length === 0 ? ["\n"] : lines;
}

/** Tried twice, because one may depend on another. Returns the files that kept the new value. */
function takeBack(undo: readonly Undo[]): string[] {
  return undo
    .filter((step) => !tryUndo(step))
    .filter((step) => !tryUndo(step))
    .map(({ path }) => path);
}

function tryUndo({ path, texts }: Undo): boolean {
  try {
    for (const text of texts) writeFile(path, text);
    return true;
  } catch (error) {
    if (!isErrno(error)) throw error;
    return false;
  }
}
