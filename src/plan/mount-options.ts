// SPDX-License-Identifier: Apache-2.0
/** The option table of `mounts[].options`, and its reader. Whatever is not in the table belongs to the file system. */
import type { MountFlag, Propagation } from "./types.ts";

/** What one option string does. */
type Effect =
  | { readonly does: "nothing" }
  | { readonly does: "set" | "clear" | "setRecursive" | "clearRecursive"; readonly flag: MountFlag }
  | { readonly does: "propagate"; readonly type: Propagation; readonly recursive: boolean }
  | { readonly does: "bind" | "rbind" | "remount" | "tmpcopyup" | "idmap" | "ridmap" }
  | { readonly does: "copySymlink" | "sourceNoFollow" | "destinationNoFollow" };

const table = new Map<string, Effect>([["defaults", { does: "nothing" }]]);

/** Flags of the whole file system, not of one mount; they cannot be recursive and a bind mount does not change them. */
export const superblockFlags: ReadonlySet<MountFlag> = new Set(["sync", "dirsync", "mand", "silent", "iversion", "lazytime"]);

/** Option that sets, option that clears, flag; with a third entry `true` the pair has a recursive form with "r" in front. */
const flagOptions: readonly (readonly [string, string, MountFlag, boolean])[] = [
  ["ro", "rw", "ro", true],
  ["nosuid", "suid", "nosuid", true],
  ["nodev", "dev", "nodev", true],
  ["noexec", "exec", "noexec", true],
  ["nodiratime", "diratime", "nodiratime", true],
  ["noatime", "atime", "noatime", true],
  ["relatime", "norelatime", "relatime", true],
  ["strictatime", "nostrictatime", "strictatime", true],
  ["nosymfollow", "symfollow", "nosymfollow", true],
  ["sync", "async", "sync", true],
  ["dirsync", "nodirsync", "dirsync", true],
  ["mand", "nomand", "mand", true],
  ["silent", "loud", "silent", false],
  ["iversion", "noiversion", "iversion", false],
  ["lazytime", "nolazytime", "lazytime", false],
];
for (const [set, clear, flag, recursive] of flagOptions) {
  table.set(set, { does: "set", flag });
  table.set(clear, { does: "clear", flag });
  if (!recursive) continue;
  // A file system as a whole has no mounts below it: for its flags the recursive form, which is crun's, says the same.
  const whole = superblockFlags.has(flag);
  table.set(`r${set}`, { does: whole ? "set" : "setRecursive", flag });
  table.set(`r${clear}`, { does: whole ? "clear" : "clearRecursive", flag });
}
for (const type of ["shared", "slave", "private", "unbindable"] as const) {
  table.set(type, { does: "propagate", type, recursive: false });
  table.set(`r${type}`, { does: "propagate", type, recursive: true });
}
for (const does of ["bind", "rbind", "remount", "tmpcopyup", "idmap", "ridmap"] as const) table.set(does, { does });
table.set("copy-symlink", { does: "copySymlink" });
table.set("src-nofollow", { does: "sourceNoFollow" });
table.set("dest-nofollow", { does: "destinationNoFollow" });

/** Names of every option that runt acts on, sorted; `features` prints them. */
export function mountOptionNames(): string[] {
  return [...table.keys()].sort();
}

/** The three ways of updating access times exclude each other: the kernel keeps one. */
const accessTimeFlags: readonly MountFlag[] = ["noatime", "relatime", "strictatime"];

/** The options of one mount, sorted by what they are. */
export interface MountOptions {
  bind: "no" | "bind" | "rbind";
  remount: boolean;
  readonly set: MountFlag[];
  readonly clear: MountFlag[];
  readonly recursiveSet: MountFlag[];
  readonly recursiveClear: MountFlag[];
  readonly propagation: { readonly type: Propagation; readonly recursive: boolean }[];
  readonly data: string[];
  tmpcopyup: boolean;
  idmap: "no" | "idmap" | "ridmap";
  /** Text after `idmap=` or `ridmap=`: mappings written into the option itself. */
  idmapText: string | undefined;
  copySymlink: boolean;
  sourceNoFollow: boolean;
  destinationNoFollow: boolean;
}

/** Reads the options of one mount. Where two contradict each other, the later one counts, as in mount(8). */
export function readMountOptions(options: readonly string[]): MountOptions {
  const result: MountOptions = {
    bind: "no",
    remount: false,
    set: [],
    clear: [],
    recursiveSet: [],
    recursiveClear: [],
    propagation: [],
    data: [],
    tmpcopyup: false,
    idmap: "no",
    idmapText: undefined,
    copySymlink: false,
    sourceNoFollow: false,
    destinationNoFollow: false,
  };
  for (const option of options) {
    const effect = table.get(option);
    if (effect !== undefined) apply(effect, result);
    else readUnlisted(option, result);
  }
  return result;
}

function apply(effect: Effect, result: MountOptions): void {
  switch (effect.does) {
    case "nothing":
      return;
    case "set":
      return turn(effect.flag, result.set, result.clear);
    case "clear":
      return turn(effect.flag, result.clear, result.set);
    case "setRecursive":
      return turn(effect.flag, result.recursiveSet, result.recursiveClear);
    case "clearRecursive":
      return turn(effect.flag, result.recursiveClear, result.recursiveSet);
    case "propagate":
      result.propagation.push({ type: effect.type, recursive: effect.recursive });
      return;
    case "bind":
      if (result.bind === "no") result.bind = "bind";
      return;
    case "rbind":
      result.bind = "rbind";
      return;
    case "idmap":
    case "ridmap":
      result.idmap = effect.does;
      return;
    default:
      result[effect.does] = true;
  }
}

/** Moves a flag into `to`; a flag that excludes it leaves. */
function turn(flag: MountFlag, to: MountFlag[], from: MountFlag[]): void {
  remove(flag, from);
  if (!to.includes(flag)) to.push(flag);
  if (!accessTimeFlags.includes(flag)) return;
  for (const other of accessTimeFlags) if (other !== flag) remove(other, to);
}

function remove(flag: MountFlag, list: MountFlag[]): void {
  const at = list.indexOf(flag);
  if (at >= 0) list.splice(at, 1);
}

/** `idmap=…`, or options of the file system, of which one string may hold several as mount(2) takes them. */
function readUnlisted(option: string, result: MountOptions): void {
  if (option.startsWith("idmap=") || option.startsWith("ridmap=")) {
    result.idmap = option.startsWith("r") ? "ridmap" : "idmap";
    result.idmapText = option.slice(option.indexOf("=") + 1);
  } else if (!option.includes(",") || option.includes('"') || option.includes("\\")) {
    // A quoted or escaped comma is part of the value (SELinux contexts, overlay paths), and only the file system can tell.
    if (option !== "") result.data.push(option);
  } else {
    for (const part of option.split(",")) if (part !== "") result.data.push(part);
  }
}
