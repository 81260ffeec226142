// SPDX-License-Identifier: Apache-2.0
/** Lines of a resctrl `schemata` file. Pure. Documentation/arch/x86/resctrl.rst */
import type { IntelRdt } from "../spec/types.ts";

/** The lines to be written, in the order of the spec: L3, memory bandwidth, then the list. */
export function schemaLines(rdt: IntelRdt): string[] {
  return [rdt.l3CacheSchema, rdt.memBwSchema, ...(rdt.schemata ?? [])].filter(
    (line) => line !== undefined && line !== "",
  ) as string[];
}

/** Domain to value of one line: `L3:0=7f0;1=1f` gives L3, { 0: "7f0", 1: "1f" }. */
function parseLine(line: string): { readonly resource: string; readonly domains: ReadonlyMap<string, string> } {
  const colon = line.indexOf(":");
  const pairs = line
    .slice(colon + 1)
    .split(";")
    .map((pair) => pair.trim().split("="))
    .map(([domain = "", value = ""]): [string, string] => [
      domain,
      value
        .trim()
        .replace(/^0+(?=.)/, "")
        .toLowerCase(),
    ]);
  return { resource: line.slice(0, colon).trim(), domains: new Map(pairs) };
}

/** What is asked for and is not so in the file; undefined when all of it is. */
export function schemataDiffer(wanted: readonly string[], file: string): string | undefined {
  const present = file.split("\n").map(parseLine);
  for (const line of wanted) {
    const { resource, domains } = parseLine(line);
    const there = present.find((entry) => entry.resource === resource);
    for (const [domain, value] of domains) {
      const found = there?.domains.get(domain);
      if (found !== value) return `${resource}:${domain} is ${found ?? "missing"} and should be ${value}`;
    }
  }
  return undefined;
}

/** The line of a resource in the text of a schemata file, without blanks: `L3:0=7f0;1=1f`. */
export function schemaOf(text: string, resource: string): string | undefined {
  const line = text.split("\n").find((each) => each.trim().startsWith(`${resource}:`));
  return line?.replace(/\s+/g, "");
}
