// SPDX-License-Identifier: Apache-2.0
/** Weights and rates of block devices in cgroup v1. Pure. Documentation/admin-guide/cgroup-v1/blkio-controller.rst */
import type { BlockIo } from "../../spec/types.ts";
import { deviceKey, isSet, type Setting, settingsOf } from "../settings.ts";

const blkio = settingsOf("blkio", "blockIO");

/** The file of the CFQ scheduler, and that of BFQ, which has taken its place since Linux 5.0. */
function weight(file: string, value: string, field: string, keyed?: Setting["keyed"]): Setting {
  return blkio(`blkio.${file}`, value, field, { keyed, fallback: blkio(`blkio.bfq.${file}`, value, field, { keyed }) });
}

const throttles = [
  ["throttleReadBpsDevice", "blkio.throttle.read_bps_device"],
  ["throttleWriteBpsDevice", "blkio.throttle.write_bps_device"],
  ["throttleReadIOPSDevice", "blkio.throttle.read_iops_device"],
  ["throttleWriteIOPSDevice", "blkio.throttle.write_iops_device"],
] as const;

export function blkioSettings(given: BlockIo): Setting[] {
  const settings: Setting[] = [];
  if (isSet(given.weight)) settings.push(weight("weight", String(given.weight), "weight"));
  if (isSet(given.leafWeight)) settings.push(blkio("blkio.leaf_weight", String(given.leafWeight), "leafWeight"));
  given.weightDevice?.forEach((device, index) => {
    const key = deviceKey(device);
    const at = `weightDevice[${index}]`;
    const keyed = { key, reset: "0" };
    if (isSet(device.weight)) settings.push(weight("weight_device", `${key} ${device.weight}`, `${at}.weight`, keyed));
    if (isSet(device.leafWeight)) {
      settings.push(blkio("blkio.leaf_weight_device", `${key} ${device.leafWeight}`, `${at}.leafWeight`, { keyed }));
    }
  });
  for (const [member, file] of throttles) {
    given[member]?.forEach((device, index) => {
      const key = deviceKey(device);
      settings.push(blkio(file, `${key} ${device.rate}`, `${member}[${index}]`, { keyed: { key, reset: "0" } }));
    });
  }
  return settings;
}
