// SPDX-License-Identifier: Apache-2.0
/** The program: from words to an exit code. The C host calls start(). */
import { enter, openTrace, type Surroundings } from "../container/surroundings.ts";
import type { FileLogger } from "../log/logger.ts";
import { writeMessage, writeResult } from "../log/output.ts";
import { suggest } from "../spec/suggest.ts";
import { commands } from "./commands.ts";
import { makeContext, openLog } from "./context.ts";
import type { CommandDescription, FlagValues } from "./describe.ts";
import { describeFailure } from "./failure.ts";
import { globalFlags } from "./global-flags.ts";
import { commandHelp, programHelp } from "./help.ts";
import { parseWords, UsageError, type Parsed } from "./parse.ts";
import { versionText } from "./version.ts";

const helpFlag = { name: "help", short: "h", type: "boolean", help: "show this help" } as const;

/** Runs the command line and returns the exit code. Nothing escapes. */
export function start(): number {
  const surroundings = enter();
  let log: FileLogger | undefined;
  try {
    const globals = parseWords(surroundings.words, { flags: globalFlags, stopEarly: true });
    log = openLog(globals.flags);
    return runWords(globals, surroundings, log);
  } catch (error) {
    return fail(error, log, undefined);
  }
}

function runWords(globals: Parsed, surroundings: Surroundings, log: FileLogger): number {
  const [name, ...words] = globals.arguments;
  if (globals.flags.boolean("version") === true || name === "version") return print(versionText());
  if (name === undefined || name === "help" || globals.flags.boolean("help") === true) return help(words[0]);
  const command = commands.find((candidate) => candidate.name === name);
  if (command === undefined) throw unknownCommand(name);
  return runCommand(command, { words, globals: globals.flags, surroundings, log });
}

interface CommandRun {
  readonly words: readonly string[];
  readonly globals: FlagValues;
  readonly surroundings: Surroundings;
  readonly log: FileLogger;
}

function runCommand(command: CommandDescription, { words, globals, surroundings, log }: CommandRun): number {
  try {
    const parsed = parseWords(words, { flags: [...command.flags, helpFlag], stopEarly: command.stopEarly === true });
    if (parsed.flags.boolean("help") === true) return print(commandHelp(command));
    checkCount(command, parsed.arguments.length);
    log.open();
    const trace = globals.string("trace");
    if (trace !== undefined) openTrace(trace);
    const { context, rootIsDefault } = makeContext(globals, surroundings, log);
    return command.run({ context, rootIsDefault, flags: parsed.flags, arguments: parsed.arguments });
  } catch (error) {
    return fail(error, log, command);
  }
}

/** Engines and people get the usage on standard output, the error on standard error. */
function checkCount(command: CommandDescription, count: number): void {
  if (count >= command.minimum && count <= command.maximum) return;
  print(`Incorrect Usage.\n\n${commandHelp(command)}`);
  const due = command.minimum === command.maximum ? `exactly ${command.minimum}` : `at least ${command.minimum}`;
  const problem = count > command.maximum && command.minimum !== command.maximum ? `at most ${command.maximum}` : due;
  throw new UsageError(
    `runt: "${command.name}" requires ${problem} argument(s), and got ${count}`,
    `usage: runt ${command.name} ${command.usage}`,
  );
}

function help(topic: string | undefined): number {
  const command = commands.find(({ name }) => name === topic);
  if (topic !== undefined && command === undefined) throw unknownCommand(topic);
  return print(command === undefined ? programHelp(commands, globalFlags) : commandHelp(command));
}

function unknownCommand(name: string): UsageError {
  const likely = suggest(
    name,
    commands.map((command) => command.name),
  );
  const hint = likely === undefined ? '"runt --help" lists the commands' : `did you mean "runt ${likely}"?`;
  return new UsageError(`no command ${JSON.stringify(name)}`, hint);
}

function print(text: string): number {
  writeResult(text);
  return 0;
}

/** Tells a failure to people on standard error and to the engine in its log. */
function fail(error: unknown, log: FileLogger | undefined, command: CommandDescription | undefined): number {
  const { message, code, hint } = describeFailure(error, command?.failurePrefix);
  writeMessage(`${message}\n${hint === undefined ? "" : `hint: ${hint}\n`}`);
  try {
    log?.error(message, { code, ...(hint === undefined ? {} : { hint }) });
  } catch (problem) {
    writeMessage(`${describeFailure(problem, undefined).message}\n`);
  }
  return command?.failure ?? 1;
}

export { prepare } from "./prepare.ts";
