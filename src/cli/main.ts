// SPDX-License-Identifier: Apache-2.0
/** The program: from words to an exit code. The C host calls start(). */
import { enter, openTrace, type Surroundings } from "../container/surroundings.ts";
import type { MessageLogger } from "../log/logger.ts";
import { writeMessage, writeResult } from "../log/output.ts";
import { commands, program } from "./commands.ts";
import { makeContext, openLog } from "./context.ts";
import type { CommandDescription, FlagValues } from "./describe.ts";
import { describeFailure } from "./failure.ts";
import { helpFlag } from "./flags.ts";
import { globalFlags } from "./global-flags.ts";
import { commandHelp, programHelp } from "./help.ts";
import { findCommand } from "./lookup.ts";
import { parseWords, UsageError, type Parsed } from "./parse.ts";
import { countProblem, usageLine } from "./usage.ts";
import { versionText } from "./version.ts";

/** Runs the command line and returns the exit code. Nothing escapes. */
export function start(): number {
  const surroundings = enter();
  let log: MessageLogger | undefined;
  try {
    const globals = orShowUsage(
      () => programHelp(program),
      () => parseWords(surroundings.words, { flags: globalFlags, stopEarly: true }),
    );
    log = openLog(globals.flags);
    return runWords(globals, surroundings, log);
  } catch (error) {
    return fail(error, log, undefined);
  }
}

function runWords(globals: Parsed, surroundings: Surroundings, log: MessageLogger): number {
  const [name, ...words] = globals.arguments;
  if (globals.flags.boolean("version") === true) return print(versionText());
  if (name === undefined) return print(programHelp(program));
  const command = findCommand(commands, name);
  if (globals.flags.boolean("help") === true) return print(commandHelp(command));
  return runCommand(command, { words, globals: globals.flags, surroundings, log });
}

interface CommandRun {
  readonly words: readonly string[];
  readonly globals: FlagValues;
  readonly surroundings: Surroundings;
  readonly log: MessageLogger;
}

function runCommand(command: CommandDescription, { words, globals, surroundings, log }: CommandRun): number {
  const parsed = orShowUsage(
    () => commandHelp(command),
    () => parseCommand(command, words),
  );
  if (parsed.flags.boolean("help") === true) return print(commandHelp(command));
  try {
    log.open();
    const trace = globals.string("trace");
    if (trace !== undefined) openTrace(trace);
    const { context, rootIsDefault } = makeContext(globals, surroundings, log);
    return command.run({ context, rootIsDefault, flags: parsed.flags, arguments: parsed.arguments });
  } catch (error) {
    return fail(error, log, command);
  }
}

function parseCommand(command: CommandDescription, words: readonly string[]): Parsed {
  const parsed = parseWords(words, { flags: [...command.flags, helpFlag], stopEarly: command.stopEarly === true });
  const problem = countProblem(command, parsed.arguments.length);
  if (problem !== undefined && parsed.flags.boolean("help") !== true) {
    throw new UsageError(problem, `usage: ${usageLine(command)}`);
  }
  return parsed;
}

/** Engines and people get the usage on standard output, the error on standard error. */
function orShowUsage(help: () => string, parse: () => Parsed): Parsed {
  try {
    return parse();
  } catch (error) {
    if (error instanceof UsageError) print(`Incorrect Usage. ${error.message}\n\n${help()}`);
    throw error;
  }
}

function print(text: string): number {
  writeResult(text);
  return 0;
}

/** Tells a failure to people on standard error and to the engine in its log. */
function fail(error: unknown, log: MessageLogger | undefined, command: CommandDescription | undefined): number {
  const { message, code, hint } = describeFailure(error, command?.failurePrefix);
  if (log?.tellsErrors !== true) writeMessage(`${message}\n${hint === undefined ? "" : `hint: ${hint}\n`}`);
  try {
    log?.error(message, { code, ...(hint === undefined ? {} : { hint }) });
  } catch (problem) {
    const trouble = describeFailure(problem, undefined).message;
    if (trouble !== message) writeMessage(`${trouble}\n`);
  }
  return (error instanceof UsageError ? error.exitCode : undefined) ?? command?.failure ?? 1;
}

export { prepare } from "./prepare.ts";
