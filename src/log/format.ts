// SPDX-License-Identifier: Apache-2.0
/** Lines of the log, as engines read them. Pure. */

export type Level = "error" | "warning" | "info" | "debug";
export type LogFormat = "text" | "json";

export const logFormats: readonly LogFormat[] = ["text", "json"];

/** From the most to the least important. */
export const levels: readonly Level[] = ["error", "warning", "info", "debug"];

export interface LogEntry {
  readonly level: Level;
  readonly message: string;
  /** RFC 3339. */
  readonly time: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** One line, with its newline. */
export function formatEntry(format: LogFormat, { level, message, time, fields }: LogEntry): string {
  if (format === "json") return `${JSON.stringify({ level, msg: message, time, ...fields })}\n`;
  const extra = Object.entries(fields).map(([name, value]) => ` ${name}=${quote(value)}`);
  return `time=${JSON.stringify(time)} level=${level} msg=${quote(message)}${extra.join("")}\n`;
}

function quote(text: string): string {
  return JSON.stringify(text);
}
