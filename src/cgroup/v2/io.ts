// SPDX-License-Identifier: Apache-2.0
/** Weights and rates of block devices in cgroup v2. Pure. Documentation/admin-guide/cgroup-v2.rst, "IO" */
import type { BlockIo, ThrottleDevice } from "../../spec/types.ts";
import { deviceKey, isSet, type Setting, settingsOf } from "../settings.ts";

const io = settingsOf("io", "blockIO");

export function ioSettings(given: BlockIo): Setting[] {
  const settings: Setting[] = [];
  if (isSet(given.weight)) settings.push(weight("default", given.weight, "weight", "100"));
  given.weightDevice?.forEach((device, index) => {
    if (isSet(device.weight)) settings.push(weight(deviceKey(device), device.weight, `weightDevice[${index}].weight`, "default"));
  });
  return [...settings, ...throttleSettings(given)];
}

/** The BFQ scheduler has a file of its own, with the scale of config.json (10 to 1000); the other one counts from 1 to 10000. */
function weight(key: string, value: number, field: string, reset: string): Setting {
  const keyed = { key, reset };
  const text = (number: number): string => `${key} ${number}`;
  const fallback = io("io.weight", text(ioWeight(value)), field, { keyed });
  return io("io.bfq.weight", text(value), field, { keyed, fallback });
}

/** From 10…1000 to 1…10000, in a straight line. */
export function ioWeight(weight: number): number {
  return Math.floor(1 + ((weight - 10) * 9999) / 990);
}

const throttles = [
  ["throttleReadBpsDevice", "rbps"],
  ["throttleWriteBpsDevice", "wbps"],
  ["throttleReadIOPSDevice", "riops"],
  ["throttleWriteIOPSDevice", "wiops"],
] as const;

/** One line a device, with all of its rates. A rate of 0 lifts the limit, as it does in v1. */
function throttleSettings(given: BlockIo): Setting[] {
  const lines = new Map<string, { text: string; field: string }>();
  for (const [member, name] of throttles) {
    given[member]?.forEach((device: ThrottleDevice, index) => {
      const key = deviceKey(device);
      const line = lines.get(key) ?? { text: key, field: `${member}[${index}]` };
      line.text += ` ${name}=${isSet(device.rate) ? String(device.rate) : "max"}`;
      lines.set(key, line);
    });
  }
  return [...lines].map(([key, { text, field }]) =>
    io("io.max", text, field, { keyed: { key, reset: "rbps=max wbps=max riops=max wiops=max" } }),
  );
}
