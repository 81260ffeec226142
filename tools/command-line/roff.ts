// SPDX-License-Identifier: Apache-2.0
/** Plain text to the man(7) language. Pure. */

/** Text with nothing in it that roff takes for a command. Dashes stay dashes, so that options can be copied. */
export function escapeRoff(text: string): string {
  const safe = text.replaceAll("\\", "\\e").replaceAll("-", "\\-");
  return safe.replace(/^(?=[.'])/gm, "\\&");
}

/** The same with `code` and the names of other pages, as runt-run(8), in bold. */
export function richRoff(text: string): string {
  return escapeRoff(text)
    .replace(/`([^`]+)`/g, "\\fB$1\\fR")
    .replace(/\b(runt(?:\\-[a-z]+)?|[a-z]+)\((\d)\)/g, "\\fB$1\\fR($2)");
}

/** `.TP` entry: a heading and what it means. */
export function entry(heading: string, text: string): string {
  return `.TP\n${heading}\n${richRoff(text)}\n`;
}

export function section(title: string, body: string): string {
  return body === "" ? "" : `.SH ${title}\n${body.replace(/^\.PP\n/, "")}`;
}

/** A sentence of a clause. */
export function sentence(clause: string): string {
  return `${clause[0]?.toUpperCase() ?? ""}${clause.slice(1)}.`;
}

export function paragraphs(texts: readonly string[]): string {
  return texts.map((text) => `.PP\n${richRoff(text)}\n`).join("");
}
