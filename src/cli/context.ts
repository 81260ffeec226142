// SPDX-License-Identifier: Apache-2.0
/** From the global options to the context of a command. */
import type { RuntimeContext } from "../container/context.ts";
import { type Surroundings, usesOwnStateDirectory } from "../container/surroundings.ts";
import { type Level, levels, type LogFormat } from "../log/format.ts";
import { FileLogger } from "../log/logger.ts";
import { oneOf } from "../spec/problem.ts";
import type { FlagValues } from "./describe.ts";
import { UsageError } from "./parse.ts";

export interface Started {
  readonly context: RuntimeContext;
  readonly rootIsDefault: boolean;
  readonly log: FileLogger;
}

/** Where messages go. Throws UsageError for a format or level that there is not. */
export function openLog(flags: FlagValues): FileLogger {
  const file = flags.string("log");
  const format = choice<LogFormat>(flags, "log-format", ["text", "json"]) ?? "text";
  const level = flags.boolean("debug") === true ? "debug" : (choice<Level>(flags, "log-level", levels) ?? "error");
  return new FileLogger({ file: file === undefined || file === "" ? undefined : file.replace(/^file:/, ""), format, level });
}

/** The context of every command. Throws UsageError for options that contradict each other. */
export function makeContext(flags: FlagValues, surroundings: Surroundings, log: FileLogger): Started {
  const given = flags.string("root");
  const root = given === undefined || given === "" ? defaultRoot(surroundings) : absolute(given, surroundings);
  if (root === "/") throw new UsageError('--root "/" would mix containers with the files of the system: name another directory');
  return {
    context: { root, cgroupManager: cgroupManager(flags), rootless: rootless(flags), log, environ: surroundings.environ },
    rootIsDefault: given === undefined,
    log,
  };
}

function defaultRoot({ environ }: Surroundings): string {
  const runtimeDirectory = environ.get("XDG_RUNTIME_DIR");
  const own = runtimeDirectory !== undefined && runtimeDirectory !== "" && usesOwnStateDirectory(environ);
  return own ? `${runtimeDirectory}/runt` : "/run/runt";
}

function absolute(path: string, { directory }: Surroundings): string {
  const joined = path.startsWith("/") ? path : `${directory()}/${path}`;
  const names: string[] = [];
  for (const name of joined.split("/")) {
    if (name === "..") names.pop();
    else if (name !== "" && name !== ".") names.push(name);
  }
  return `/${names.join("/")}`;
}

function cgroupManager(flags: FlagValues): RuntimeContext["cgroupManager"] {
  const named = choice(flags, "cgroup-manager", ["cgroupfs", "systemd", "disabled"] as const);
  if (flags.boolean("systemd-cgroup") !== true) return named ?? "cgroupfs";
  if (named !== undefined && named !== "systemd") {
    throw new UsageError(`--systemd-cgroup and --cgroup-manager ${named} contradict each other: leave one out`);
  }
  return "systemd";
}

function rootless(flags: FlagValues): boolean | "auto" {
  const value = choice(flags, "rootless", ["true", "false", "auto"] as const) ?? "auto";
  return value === "auto" ? value : value === "true";
}

function choice<T extends string>(flags: FlagValues, name: string, values: readonly T[]): T | undefined {
  const given = flags.string(name);
  if (given === undefined || given === "") return undefined;
  const found = values.find((value) => value === given);
  if (found === undefined) throw new UsageError(`invalid value ${JSON.stringify(given)} for --${name}: it is ${oneOf(values)}`);
  return found;
}
