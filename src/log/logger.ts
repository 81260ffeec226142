// SPDX-License-Identifier: Apache-2.0
/** Messages by importance, to the log file that the engine named, or to standard error. */
import { isErrno, within } from "../linux/errors.ts";
import { O_APPEND, O_CREAT, O_NOCTTY, O_WRONLY, openFile, writeAll } from "../linux/file.ts";
import { now } from "../linux/time.ts";
import { formatEntry, type Level, levels, type LogFormat } from "./format.ts";
import { writeMessage } from "./output.ts";

export interface LogOptions {
  readonly file: string | undefined;
  readonly format: LogFormat;
  readonly level: Level;
}

/**
 * Writes entries of at least its level. The file is opened for each entry and closed again, so that no descriptor of it is
 * there when a container is made; it is appended to, and never cut.
 */
export class FileLogger {
  readonly #options: LogOptions;

  constructor(options: LogOptions) {
    this.#options = options;
  }

  error(message: string, fields: Readonly<Record<string, string>> = {}): void {
    this.#write("error", message, fields);
  }

  warn(message: string, fields: Readonly<Record<string, string>> = {}): void {
    this.#write("warning", message, fields);
  }

  info(message: string, fields: Readonly<Record<string, string>> = {}): void {
    this.#write("info", message, fields);
  }

  debug(message: string, fields: Readonly<Record<string, string>> = {}): void {
    this.#write("debug", message, fields);
  }

  #write(level: Level, message: string, fields: Readonly<Record<string, string>>): void {
    const { file, format, level: least } = this.#options;
    if (levels.indexOf(level) > levels.indexOf(least)) return;
    if (file === undefined) {
      // The error itself is told on standard error by whoever ends the program.
      if (level !== "error") writeMessage(`runt: ${level}: ${message}\n`);
      return;
    }
    append(file, formatEntry(format, { level, message, time: now(), fields }));
  }

  /** Makes the file and finds out whether it can be written: a mistake in the command line shows at once. */
  open(): void {
    const { file } = this.#options;
    if (file !== undefined) append(file, "");
  }
}

function append(file: string, text: string): void {
  within(`open log file ${JSON.stringify(file)}`, () => {
    using fd = openFile(file, O_WRONLY | O_APPEND | O_CREAT | O_NOCTTY, 0o644);
    if (text === "") return;
    try {
      writeAll(fd, text);
    } catch (error) {
      if (!isErrno(error, "ENOSPC", "EPIPE")) throw error; // what is to be logged is worth more than the log
    }
  });
}
