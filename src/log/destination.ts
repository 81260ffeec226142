// SPDX-License-Identifier: Apache-2.0
/** Where `--log` sends messages. Pure. */

export type Destination =
  | { readonly kind: "file"; readonly path: string }
  /** The system's journal or its syslog; `name` is what messages are found by. */
  | { readonly kind: "journald" | "syslog"; readonly name: string };

/** Reads `FILE`, `file:FILE`, `journald:NAME` or `syslog:NAME`; a name may be left out. */
export function parseDestination(text: string): Destination {
  const [, kind, rest = ""] = /^(file|journald|syslog):(.*)$/s.exec(text) ?? [];
  if (kind === "journald" || kind === "syslog") return { kind, name: rest === "" ? "runt" : rest };
  return { kind: "file", path: kind === undefined ? text : rest };
}

/** As messages call it: `log file "/x"`, `journal`. */
export function describeDestination(destination: Destination): string {
  if (destination.kind === "file") return `log file ${JSON.stringify(destination.path)}`;
  return destination.kind === "journald" ? "journal" : "syslog";
}
