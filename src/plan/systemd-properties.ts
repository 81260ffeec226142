// SPDX-License-Identifier: Apache-2.0
/** `org.systemd.property.NAME` annotations: extra properties of the container's unit. */
import { annotationNames } from "./annotations.ts";
import { quote, type Report } from "./errors.ts";

/** Annotations whose name starts so name a property of the unit. */
const systemdPropertyPrefix = annotationNames.systemdProperty;

/**
 * The properties and their values in gvariant text. A name is made of letters, three or more. A property of systemd's config files
 * that ends in `Sec` is on D-Bus called `USec` and counts in microseconds.
 */
export function planSystemdProperties(
  annotations: Readonly<Record<string, string>> | undefined,
  report: Report,
): { readonly name: string; readonly value: string }[] {
  const properties: { name: string; value: string }[] = [];
  for (const key in annotations) {
    if (!key.startsWith(systemdPropertyPrefix)) continue;
    const name = key.slice(systemdPropertyPrefix.length);
    const value = annotations[key] ?? "";
    if (!/^[A-Za-z]{3,}$/.test(name)) {
      report.refuse(
        `annotations[${quote(key)}]`,
        `names the property ${quote(name)}, and must name one of three or more letters`,
      );
    } else if (name.endsWith("Sec") && !name.endsWith("USec")) {
      properties.push({ name: `${name.slice(0, -3)}USec`, value: toMicroseconds(value, `annotations[${quote(key)}]`, report) });
    } else {
      properties.push({ name, value });
    }
  }
  return properties;
}

/** "5", "1.5" or "uint32 5" seconds to "uint64 5000000". */
function toMicroseconds(text: string, at: string, report: Report): string {
  const match = /^\s*(?:[a-z]+[0-9]*\s+|@[a-z]\s+)?([0-9]+(?:\.[0-9]+)?)\s*$/.exec(text);
  if (match === null) report.refuse(at, `is ${quote(text)}, and must be a number of seconds`);
  return `uint64 ${Math.round(Number(match?.[1] ?? 0) * 1e6)}`;
}
