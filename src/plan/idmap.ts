// SPDX-License-Identifier: Apache-2.0
/** Id-mapped mounts: `idmap`, `ridmap`, `mounts[].uidMappings` and the mappings inside the option. */
import type { IdMapping, Mount } from "../spec/types.ts";
import { quote, type Report } from "./errors.ts";
import { checkIdMappings, mapToHost } from "./namespaces.ts";
import type { MountOptions } from "./mount-options.ts";
import type { IdMapPlan } from "./types.ts";

/** What the mappings of a mount may refer to. */
export interface IdMapContext {
  /** Whether the container has an own user namespace, new or joined. */
  readonly ownUserNamespace: boolean;
  readonly uidMappings: readonly IdMapping[];
  readonly gidMappings: readonly IdMapping[];
}

/** The mapping of one mount, or undefined if it has none. Mappings without the option are honoured too, for the mount alone. */
export function planIdMap(
  mount: Mount,
  options: MountOptions,
  at: string,
  context: IdMapContext,
  report: Report,
): IdMapPlan | undefined {
  const uidMappings = mount.uidMappings ?? [];
  const gidMappings = mount.gidMappings ?? [];
  const recursive = options.idmap === "ridmap";
  if (uidMappings.length > 0 || gidMappings.length > 0) {
    if (uidMappings.length === 0) report.refuse(`${at}.gidMappings`, "is given without uidMappings, and both are needed");
    if (gidMappings.length === 0) report.refuse(`${at}.uidMappings`, "is given without gidMappings, and both are needed");
    checkIdMappings(`${at}.uidMappings`, uidMappings, report);
    checkIdMappings(`${at}.gidMappings`, gidMappings, report);
    return { recursive, uidMappings, gidMappings };
  }
  if (options.idmap === "no") return undefined;
  if (options.idmapText !== undefined) return readIdMapText(options.idmapText, recursive, at, context, report);
  if (!context.ownUserNamespace) {
    report.refuse(
      `${at}.options`,
      `has "${options.idmap}", and neither the mount nor the container has mappings`,
      "give the mount uidMappings and gidMappings, or the container a user namespace",
    );
  }
  return { recursive, uidMappings: [], gidMappings: [] };
}

/** `uids=0-1000-10#10-2000-5;gids=…`: in the file system, at the mount, how many; "@" makes the second an id of the container. */
function readIdMapText(text: string, recursive: boolean, at: string, context: IdMapContext, report: Report): IdMapPlan {
  const found = new Map<string, IdMapping[]>();
  for (const part of text.split(";")) {
    const [key = "", value] = part.split("=");
    if ((key !== "uids" && key !== "gids") || value === undefined) {
      report.refuse(`${at}.options`, `has ${quote(`idmap=${text}`)}, and must be like "idmap=uids=0-1000-10;gids=0-1000-10"`);
      continue;
    }
    const base = key === "uids" ? context.uidMappings : context.gidMappings;
    found.set(
      key,
      value.split("#").map((entry) => readEntry(entry, base, at, report)),
    );
  }
  const uidMappings = found.get("uids") ?? [];
  const gidMappings = found.get("gids") ?? [];
  if (found.size === 1) report.refuse(`${at}.options`, `has ${quote(`idmap=${text}`)}, and both uids and gids are needed`);
  checkIdMappings(`${at}.options: uids`, uidMappings, report);
  checkIdMappings(`${at}.options: gids`, gidMappings, report);
  return { recursive, uidMappings, gidMappings };
}

function readEntry(entry: string, base: readonly IdMapping[], at: string, report: Report): IdMapping {
  const match = /^(@?)(\d+)-(\d+)-(\d+)$/.exec(entry);
  if (match === null) {
    report.refuse(`${at}.options`, `has the id mapping ${quote(entry)}, and must be three numbers like "0-1000-10"`);
    return { containerID: 0, hostID: 0, size: 1 };
  }
  const containerID = Number(match[2]);
  const size = Number(match[4]);
  if (match[1] === "") return { containerID, hostID: Number(match[3]), size };
  const hostID = mapToHost(base, Number(match[3]));
  if (hostID === undefined) {
    report.refuse(`${at}.options`, `has the id mapping ${quote(entry)}, and the container's mappings do not cover ${match[3]}`);
  }
  return { containerID, hostID: hostID ?? 0, size };
}
