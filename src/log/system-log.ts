// SPDX-License-Identifier: Apache-2.0
/** Messages for the journal and for syslog, as one datagram each. Pure. systemd's "Native Journal Protocol", RFC 3164 */
import type { Level, LogEntry } from "./format.ts";

export const journalSocket = "/run/systemd/journal/socket";
export const syslogSocket = "/dev/log";

/** Severities of syslog(3). */
const severity: Readonly<Record<Level, number>> = { error: 3, warning: 4, info: 6, debug: 7 };
/** LOG_USER, as a part of the priority. */
const facility = 1 << 3;

export interface Sender {
  /** What the messages are found by. */
  readonly name: string;
  readonly pid: number;
  readonly encode: (text: string) => Uint8Array;
}

/** The fields of an entry; those of the failure are `RUNT_CODE` and `RUNT_HINT`. */
export function journalDatagram({ level, message, fields }: LogEntry, { name, encode }: Sender): Uint8Array {
  const all: [string, string][] = [
    ["PRIORITY", `${severity[level]}`],
    ["SYSLOG_IDENTIFIER", "runt"],
    ["ID", name],
    ["MESSAGE", message],
    ...Object.entries(fields).map(([key, value]): [string, string] => [`RUNT_${key.toUpperCase()}`, value]),
  ];
  return concatenate(all.flatMap(([key, value]) => journalField(key, encode(value), encode)));
}

/** A value with a newline has its length before it. */
function journalField(key: string, value: Uint8Array, encode: Sender["encode"]): Uint8Array[] {
  const newline = Uint8Array.of(10);
  if (!value.includes(10)) return [encode(`${key}=`), value, newline];
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(value.length), true);
  return [encode(`${key}\n`), length, value, newline];
}

/** `<11>NAME[PID]: MESSAGE`; the daemon adds the time. */
export function syslogDatagram({ level, message, fields }: LogEntry, { name, pid, encode }: Sender): Uint8Array {
  const extra = Object.entries(fields).map(([key, value]) => ` ${key}=${JSON.stringify(value)}`);
  return encode(`<${facility + severity[level]}>${name}[${pid}]: ${message}${extra.join("")}`);
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
