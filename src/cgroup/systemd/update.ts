// SPDX-License-Identifier: Apache-2.0
/** New limits for a unit: at systemd and in the kernel's files, or at neither. */
import { describe } from "../../linux/errors.ts";
import { readFileIfAny } from "../../linux/file.ts";
import type { Resources } from "../../spec/types.ts";
import { type Setting, settingsOf } from "../settings.ts";
import type { V1Manager } from "../v1.ts";
import { v1Settings } from "../v1/settings.ts";
import type { V2Manager } from "../v2.ts";
import { v2Settings } from "../v2/settings.ts";
import { type Accepted, type DirectoryOf, notTakenBack, rememberSettings } from "../write.ts";
import { resourceProperties } from "./properties.ts";
import { defaultPeriod, type Property } from "./property.ts";
import { agreedQuota } from "./quota.ts";
import type { Systemd } from "./systemd.ts";

export interface Unit {
  readonly name: string;
  readonly v2: boolean;
  readonly files: V1Manager | V2Manager;
  /** A new connection to the systemd that has the unit. */
  readonly systemd: () => Systemd;
}

/** Whatever property changes, systemd writes all that it knows again: 1 for no process at all, and quotas of before as it rounds them. */
const rewrittenOnV2 = [settingsOf("cpu", "")("cpu.max", "", ""), settingsOf("pids", "")("pids.max", "", "")];
const rewrittenOnV1 = [
  settingsOf("cpu", "")("cpu.cfs_period_us", "", ""),
  settingsOf("cpu", "")("cpu.cfs_quota_us", "", ""),
  settingsOf("pids", "")("pids.max", "", ""),
];

/**
 * The kernel first, because it judges limits better. When anything fails, `commit` at the end included, the unit has its former
 * properties again, and then the files what they said.
 */
export function updateUnit(unit: Unit, resources: Resources, commit?: () => void): readonly Accepted[] {
  const { v2, files } = unit;
  const directoryOf: DirectoryOf = (controller) => files.directoryOf(controller);
  const agreed = agreedQuota(resources, () => presentPeriod(v2, directoryOf));
  const settings: readonly Setting[] = v2 ? v2Settings(agreed) : v1Settings(agreed);
  const rewritten = v2 ? rewrittenOnV2 : rewrittenOnV1;
  const takeBackFiles = rememberSettings([...rewritten, ...settings], directoryOf);
  const accepted = files.update(agreed);
  const writeExactly = rememberSettings(rewritten, directoryOf);
  const properties = resourceProperties(agreed, v2);
  let former: readonly Property[] = [];
  try {
    if (properties.length > 0) {
      using systemd = unit.systemd();
      former = systemd.present(unit.name, properties);
      systemd.setProperties(unit.name, properties);
      writeExactly();
    }
    commit?.();
  } catch (error) {
    throw notTakenBack(error, [...takeBackProperties(unit, former), ...takeBackFiles()]);
  }
  return accepted;
}

/** On a connection of its own: the other one may be what failed. Returns what the unit keeps of the change. */
function takeBackProperties({ name, systemd: connect }: Unit, former: readonly Property[]): string[] {
  if (former.length === 0) return [];
  try {
    using systemd = connect();
    systemd.setProperties(name, former);
    return [];
  } catch (error) {
    return [describe(error)];
  }
}

function presentPeriod(v2: boolean, directoryOf: DirectoryOf): bigint {
  const file = `${directoryOf("cpu") ?? ""}/${v2 ? "cpu.max" : "cpu.cfs_period_us"}`;
  const period = readFileIfAny(file)?.trim().split(" ").at(-1) ?? "";
  return /^\d+$/.test(period) ? BigInt(period) : defaultPeriod;
}
