// SPDX-License-Identifier: Apache-2.0
/** From the global options to the context of a command. */
import type { RuntimeContext } from "../container/context.ts";
import { type Surroundings, usesOwnStateDirectory } from "../container/surroundings.ts";
import { type Destination, parseDestination } from "../log/destination.ts";
import { type LogFormat, logFormats } from "../log/format.ts";
import { MessageLogger } from "../log/logger.ts";
import type { FlagValues } from "./describe.ts";
import { logLevels } from "./global-flags.ts";
import { truth, UsageError } from "./parse.ts";
import { absoluteRoot, defaultRoot } from "./state-root.ts";

export interface Started {
  readonly context: RuntimeContext;
  readonly rootIsDefault: boolean;
  readonly log: MessageLogger;
}

/** Where messages go. Throws UsageError for a destination that has no name. */
export function openLog(flags: FlagValues): MessageLogger {
  const level = flags.boolean("debug") === true ? "debug" : logLevels[flags.string("log-level") ?? ""];
  return new MessageLogger({
    destinations: destinations(flags),
    format: choice<LogFormat>(flags, "log-format", logFormats) ?? "text",
    level: level ?? "error",
  });
}

function destinations(flags: FlagValues): Destination[] {
  const text = flags.string("log");
  const journal: Destination[] = flags.boolean("systemd-log") === true ? [{ kind: "journald", name: "runt" }] : [];
  return text === undefined ? journal : [parseDestination(text), ...journal];
}

/** The context of every command. Throws UsageError for options that contradict each other. */
export function makeContext(flags: FlagValues, surroundings: Surroundings, log: MessageLogger): Started {
  const given = flags.string("root");
  const root =
    given === undefined
      ? defaultRoot(surroundings.environ, () => usesOwnStateDirectory(surroundings.environ))
      : absoluteRoot(given, surroundings.directory);
  const rootIsDefault = given === undefined;
  return {
    context: {
      root,
      cgroupManager: cgroupManager(flags),
      rootless: rootless(flags),
      log,
      environ: surroundings.environ,
    },
    rootIsDefault,
    log,
  };
}

function cgroupManager(flags: FlagValues): RuntimeContext["cgroupManager"] {
  const named = choice(flags, "cgroup-manager", ["cgroupfs", "systemd", "disabled"] as const) ?? "cgroupfs";
  if (flags.boolean("systemd-cgroup") !== true) return named;
  if (flags.has("cgroup-manager") && named !== "systemd") {
    throw new UsageError(`--systemd-cgroup and --cgroup-manager ${named} contradict each other: leave one out`);
  }
  return "systemd";
}

function rootless(flags: FlagValues): boolean | "auto" {
  const value = flags.string("rootless")?.toLowerCase() ?? "auto";
  const known = value === "auto" ? "auto" : truth[value];
  if (known === undefined)
    throw new UsageError(`invalid value ${JSON.stringify(value)} for flag -rootless: it is "true", "false" or "auto"`);
  return known;
}

/** A value that the parser found among those that the flag takes. */
function choice<T extends string>(flags: FlagValues, name: string, values: readonly T[]): T | undefined {
  const given = flags.string(name);
  return values.find((value) => value === given);
}
