// SPDX-License-Identifier: Apache-2.0
/** The properties of a container's unit beside its limits. Pure. systemd.scope(5) */
import { within } from "../../linux/errors.ts";
import { parseGvariant } from "./gvariant.ts";
import { property, type Property } from "./property.ts";
import type { UnitName } from "./unit.ts";

/**
 * A scope with one process, whose cgroup is the container's to rule: systemd neither changes what is below it nor stops it with
 * anything else. It is forgotten when it ends, however that is. A slice takes no processes.
 */
export function scopeProperties({ unit, slice }: UnitName, pid: number, v2: boolean): Property[] {
  const accounting = ["CPUAccounting", "MemoryAccounting", "TasksAccounting", v2 ? "IOAccounting" : "BlockIOAccounting"];
  const common = [
    property("Description", "s", `runt container ${unit}`),
    property("DefaultDependencies", "b", false),
    property("CollectMode", "s", "inactive-or-failed"),
    ...accounting.map((name) => property(name, "b", true)),
  ];
  if (unit.endsWith(".slice")) return [...common, property("Wants", "as", [slice])];
  return [...common, property("Slice", "s", slice), property("Delegate", "b", true), property("PIDs", "au", [pid])];
}

/** What the annotations ask for. Throws with the name of a property whose text is no value. */
export function annotatedProperties(texts: readonly { readonly name: string; readonly value: string }[]): Property[] {
  return texts.map(({ name, value }) => ({
    name,
    value: within(`annotation "org.systemd.property.${name}"`, () => parseGvariant(value)),
  }));
}
