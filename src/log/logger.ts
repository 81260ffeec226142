// SPDX-License-Identifier: Apache-2.0
/** Messages by importance, to where the engine wants them, or to standard error. */
import { now } from "../linux/time.ts";
import type { Destination } from "./destination.ts";
import { formatEntry, type Level, levels, type LogEntry, type LogFormat } from "./format.ts";
import { writeMessage } from "./output.ts";
import { writeEntry } from "./sink.ts";

export interface LogOptions {
  /** With none, messages go to standard error. */
  readonly destinations: readonly Destination[];
  readonly format: LogFormat;
  /** The least important level that is written. */
  readonly level: Level;
}

type Fields = Readonly<Record<string, string>>;

/** Writes entries of at least its level. */
export class MessageLogger {
  readonly #options: LogOptions;

  constructor(options: LogOptions) {
    this.#options = options;
  }

  error(message: string, fields: Fields = {}): void {
    this.#write("error", message, fields);
  }

  warn(message: string, fields: Fields = {}): void {
    this.#write("warning", message, fields);
  }

  info(message: string, fields: Fields = {}): void {
    this.#write("info", message, fields);
  }

  debug(message: string, fields: Fields = {}): void {
    this.#write("debug", message, fields);
  }

  #write(level: Level, message: string, fields: Fields): void {
    const { destinations, format, level: least } = this.#options;
    if (levels.indexOf(level) > levels.indexOf(least)) return;
    const entry: LogEntry = { level, message, time: now(), fields };
    if (this.tellsErrors) writeMessage(formatEntry(format, entry));
    else if (destinations.length === 0 && level !== "error") writeMessage(`runt: ${level}: ${message}\n`);
    for (const destination of destinations) writeEntry(destination, format, entry);
  }

  /** Whether error() writes to standard error, as JSON; otherwise whoever ends the program tells people there in plain words. */
  get tellsErrors(): boolean {
    return this.#options.destinations.length === 0 && this.#options.format === "json";
  }

  /** Makes the file and finds out whether it can be written: a mistake in the command line shows at once. */
  open(): void {
    for (const destination of this.#options.destinations) writeEntry(destination, this.#options.format, undefined);
  }
}
