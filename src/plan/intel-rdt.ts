// SPDX-License-Identifier: Apache-2.0
/** `linux.intelRdt`: cache and memory bandwidth by resctrl. */
import type { IntelRdt } from "../spec/types.ts";
import { quote, type Report } from "./errors.ts";

/** `closID` is a directory name, or "/" for the default class; each schema is one line. */
export function planIntelRdt(rdt: IntelRdt | undefined, report: Report): IntelRdt | undefined {
  if (rdt === undefined) return undefined;
  const at = "linux.intelRdt";
  const id = rdt.closID ?? "";
  if (id === "." || id === ".." || id.includes("\0") || (id !== "/" && id.includes("/"))) {
    report.refuse(`${at}.closID`, `is ${quote(id)}, and must be a directory name, or "/" for the default class`);
  }
  checkLine(rdt.l3CacheSchema, `${at}.l3CacheSchema`, report);
  checkLine(rdt.memBwSchema, `${at}.memBwSchema`, report);
  const bandwidth = rdt.memBwSchema ?? "";
  if (bandwidth !== "" && !bandwidth.startsWith("MB:"))
    report.refuse(`${at}.memBwSchema`, `is ${quote(bandwidth)}, and must start with "MB:"`);
  const cache = rdt.l3CacheSchema ?? "";
  if (cache !== "" && !cache.startsWith("L3"))
    report.warn(`${at}.l3CacheSchema`, `is ${quote(cache)}, and should start with "L3:"`);
  const schemata = rdt.schemata ?? [];
  for (let index = 0; index < schemata.length; index++) checkLine(schemata[index], `${at}.schemata[${index}]`, report);
  return rdt;
}

function checkLine(text: string | undefined, at: string, report: Report): void {
  if (text?.includes("\n") === true) report.refuse(at, `is ${quote(text)}, and must be a single line`);
}
