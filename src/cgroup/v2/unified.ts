// SPDX-License-Identifier: Apache-2.0
/** Files of cgroup v2 that config.json names itself. Pure. config-linux.md, "Unified" */
import type { Setting } from "../settings.ts";

/** The controller that a file belongs to, by its name; empty for the files that every cgroup has. */
export function controllerOfFile(file: string): string {
  const name = file.slice(0, file.indexOf("."));
  return name === "cgroup" ? "" : name;
}

/** A file with a line for each device takes one line at a time; other files have one line anyway. */
export function unifiedSettings(unified: Readonly<Record<string, string>>): Setting[] {
  return Object.entries(unified).flatMap(([file, text]) => {
    const lines = text.split("\n").filter((line) => line.trim() !== "");
    const field = `unified[${JSON.stringify(file)}]`;
    return (lines.length === 0 ? [text] : lines).map((value) => ({
      controller: controllerOfFile(file),
      file,
      value,
      field,
      keyed: keyOf(file, value),
    }));
  });
}

/** Files with a line for each key, and the text that takes a key's limits away. */
const keyedFiles: Readonly<Record<string, string>> = {
  "io.max": "rbps=max wbps=max riops=max wiops=max",
  "io.weight": "default",
  "io.bfq.weight": "default",
  "io.latency": "target=0",
  "rdma.max": "hca_handle=max hca_object=max",
  "misc.max": "max",
  "dmem.max": "max",
  "dmem.min": "0",
  "dmem.low": "0",
};

function keyOf(file: string, line: string): Setting["keyed"] {
  const reset = keyedFiles[file];
  const key = line.trim().split(/\s+/)[0] ?? "";
  return reset === undefined ? undefined : { key, reset };
}
