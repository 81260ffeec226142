// SPDX-License-Identifier: Apache-2.0
/** Names of systemd's units and the cgroups they stand for. Pure. systemd.unit(5), systemd.slice(5) */
import { HintedError } from "../../linux/errors.ts";

export interface UnitName {
  /** The container's unit: "docker-ID.scope", or a slice. */
  readonly unit: string;
  /** The slice that it is in: "system.slice". */
  readonly slice: string;
}

/** systemd takes no longer names. */
const longest = 255;

/**
 * Reads `slice:prefix:name`. An empty slice is `defaultSlice`; a name that ends in ".slice" is a slice of its own, without prefix.
 *
 * Throws for what cannot be a unit.
 */
export function parseUnitName(path: string, defaultSlice: string): UnitName {
  const [slice = "", prefix = "", name = ""] = path.split(":");
  const unit = name.endsWith(".slice") ? name : `${prefix === "" ? "" : `${prefix}-`}${name}.scope`;
  if (!/^[A-Za-z0-9:_.\\@-]+$/.test(unit) || unit.length > longest) {
    throw refuse(path, `${JSON.stringify(unit)} is no name for a systemd unit`);
  }
  return { unit, slice: slice === "" ? defaultSlice : slice };
}

/** The cgroup of a slice below systemd's root: "a-b.slice" is in "a.slice". Throws for what is no slice. */
export function sliceCgroup(slice: string): string {
  if (slice === "-.slice") return "/";
  const name = slice.slice(0, -".slice".length);
  const parts = name.split("-");
  if (!slice.endsWith(".slice") || !/^[A-Za-z0-9:_.\\@-]+$/.test(name) || parts.includes("")) {
    throw refuse(slice, `${JSON.stringify(slice)} is no name for a systemd slice`);
  }
  return parts.map((_, index) => `/${parts.slice(0, index + 1).join("-")}.slice`).join("");
}

/** The cgroup of a unit, below systemd's root. */
export function unitCgroup({ unit, slice }: UnitName): string {
  if (unit.endsWith(".slice")) return sliceCgroup(unit);
  const parent = sliceCgroup(slice);
  return `${parent === "/" ? "" : parent}/${unit}`;
}

/** The object of a unit on the bus: all but letters and digits are escaped. */
export function unitObject(unit: string): string {
  const escaped = [...unit].map((char, index) =>
    (index === 0 ? /[A-Za-z]/ : /[A-Za-z0-9]/).test(char) ? char : `_${char.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
  return `/org/freedesktop/systemd1/unit/${escaped.join("")}`;
}

class UnitNameError extends HintedError {
  readonly code = "config-refused";
}

function refuse(path: string, why: string): Error {
  return new UnitNameError(`linux.cgroupsPath: ${why}`, {
    hint: `${JSON.stringify(path)} is read as "slice:prefix:name", e.g. "system.slice:runt:web1"`,
  });
}
