// SPDX-License-Identifier: Apache-2.0
/** What a container's resctrl group has and uses, in the names of the `events` command. Documentation/arch/x86/resctrl.rst */
import { DT_DIR, listDirectory } from "../linux/directory.ts";
import { isErrno } from "../linux/errors.ts";
import { readFileIfAny } from "../linux/file.ts";
import type { SavedIntelRdt } from "./group.ts";
import { schemaOf } from "./schemata.ts";

export interface IntelRdtStats {
  readonly l3_cache_info?: { readonly cbm_mask: string; readonly min_cbm_bits: number; readonly num_closids: number } | undefined;
  readonly l3_cache_schema_root?: string | undefined;
  readonly l3_cache_schema?: string | undefined;
  readonly mem_bw_info?:
    | {
        readonly bandwidth_gran: number;
        readonly delay_linear: number;
        readonly min_bandwidth: number;
        readonly num_closids: number;
      }
    | undefined;
  readonly mem_bw_schema_root?: string | undefined;
  readonly mem_bw_schema?: string | undefined;
  /** A domain of memory bandwidth each, bytes. */
  readonly mbm_stats?: readonly { readonly mbm_total_bytes: number; readonly mbm_local_bytes: number }[] | undefined;
  /** A cache each, bytes. */
  readonly cmt_stats?: readonly { readonly llc_occupancy: number }[] | undefined;
}

/** Reads what is there; what the processor does not have or measure is left out. */
export function intelRdtStats(group: SavedIntelRdt): IntelRdtStats {
  const root = group.root ?? "/sys/fs/resctrl";
  const number = (file: string): number => Number(readFileIfAny(`${root}/info/${file}`)?.trim() ?? 0);
  const own = readFileIfAny(`${group.path}/schemata`) ?? "";
  const whole = readFileIfAny(`${root}/schemata`) ?? "";
  const mask = readFileIfAny(`${root}/info/L3/cbm_mask`)?.trim();
  const bandwidth = readFileIfAny(`${root}/info/MB/min_bandwidth`);
  return {
    ...(mask === undefined
      ? {}
      : {
          l3_cache_info: { cbm_mask: mask, min_cbm_bits: number("L3/min_cbm_bits"), num_closids: number("L3/num_closids") },
          l3_cache_schema_root: schemaOf(whole, "L3"),
          l3_cache_schema: schemaOf(own, "L3"),
        }),
    ...(bandwidth === undefined
      ? {}
      : {
          mem_bw_info: {
            bandwidth_gran: number("MB/bandwidth_gran"),
            delay_linear: number("MB/delay_linear"),
            min_bandwidth: Number(bandwidth.trim()),
            num_closids: number("MB/num_closids"),
          },
          mem_bw_schema_root: schemaOf(whole, "MB"),
          mem_bw_schema: schemaOf(own, "MB"),
        }),
    ...monitored(`${group.monitor ?? group.path}/mon_data`),
  };
}

/** The directories mon_L3_00, mon_L3_01, … with a file for each event that the processor counts. */
function monitored(directory: string): Pick<IntelRdtStats, "mbm_stats" | "cmt_stats"> {
  const domains = domainsIn(directory).map((domain) => (event: string): number | undefined => {
    const text = readFileIfAny(`${domain}/${event}`)?.trim();
    // "Unavailable" and "Error" are what the kernel says of a counter that it has lost.
    return text === undefined ? undefined : Number(/^\d+$/.test(text) ? text : 0);
  });
  const occupancy = domains.flatMap((read) => read("llc_occupancy") ?? []);
  const traffic = domains.flatMap((read) => {
    const [total, local] = [read("mbm_total_bytes"), read("mbm_local_bytes")];
    return total === undefined && local === undefined ? [] : [{ mbm_total_bytes: total ?? 0, mbm_local_bytes: local ?? 0 }];
  });
  return {
    ...(traffic.length === 0 ? {} : { mbm_stats: traffic }),
    ...(occupancy.length === 0 ? {} : { cmt_stats: occupancy.map((llc_occupancy) => ({ llc_occupancy })) }),
  };
}

function domainsIn(directory: string): string[] {
  try {
    return listDirectory(directory)
      .filter(({ name, type }) => type === DT_DIR && name.startsWith("mon_L3_"))
      .map(({ name }) => `${directory}/${name}`)
      .sort();
  } catch (error) {
    if (isErrno(error, "ENOENT")) return []; // nothing is monitored here
    throw error;
  }
}
