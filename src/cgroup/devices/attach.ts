// SPDX-License-Identifier: Apache-2.0
/** Puts device rules on a cgroup: by an eBPF program on v2, by the devices controller on v1. */
import {
  attachDeviceProgram,
  detachDeviceProgram,
  devicePrograms,
  loadDeviceProgram,
  replaceDeviceProgram,
} from "../../linux/bpf.ts";
import { isErrno, within } from "../../linux/errors.ts";
import type { Fd } from "../../linux/fd.ts";
import { O_DIRECTORY, O_RDONLY, O_WRONLY, openFile, writeAll } from "../../linux/file.ts";
import type { DeviceCgroupRule } from "../../spec/types.ts";
import { writeCgroupFile } from "../write.ts";
import { deviceWrites } from "./list.ts";
import { deviceProgram } from "./program.ts";

const clause = "limit devices";
const hints = {
  ENOSYS: "the kernel has no bpf(2); cgroup v2 limits devices in no other way",
  EINVAL: "cgroup v2 limits devices by eBPF programs, which this kernel must be built with (CONFIG_CGROUP_BPF)",
  EPERM: "loading an eBPF program needs CAP_BPF and CAP_NET_ADMIN, or CAP_SYS_ADMIN",
};

/** Attaches the rules to a v2 cgroup, in the place of the programs that a cgroup that was there before (not `fresh`) may have. */
export function attachRules(path: string, rules: readonly DeviceCgroupRule[], fresh: boolean): void {
  within(
    clause,
    () => {
      const program = deviceProgram(rules);
      if (program === undefined && fresh) return;
      using cgroup = openFile(path, O_RDONLY | O_DIRECTORY);
      const old = fresh ? [] : devicePrograms(cgroup);
      if (program !== undefined) putProgram(cgroup, program, old);
      else for (const left of old) detachDeviceProgram(cgroup, left);
      for (const left of old) left.close();
    },
    hints,
  );
}

function putProgram(cgroup: Fd, code: Uint8Array, old: readonly Fd[]): void {
  using program = loadDeviceProgram(code);
  const [only, ...others] = old;
  if (only !== undefined && others.length === 0) {
    replaceDeviceProgram(cgroup, program, only);
    return;
  }
  attachDeviceProgram(cgroup, program);
  for (const left of old) detachDeviceProgram(cgroup, left);
}

/** Writes the rules to a cgroup of the v1 devices controller. */
export function writeRules(directory: string, rules: readonly DeviceCgroupRule[]): void {
  within(clause, () => {
    const [base, ...exceptions] = deviceWrites(rules);
    if (base === undefined) return;
    writeCgroupFile(directory, base.file, base.text);
    if (exceptions[0] === undefined) return;
    using fd = openFile(`${directory}/${exceptions[0].file}`, O_WRONLY);
    for (const { text } of exceptions) {
      within(`write ${JSON.stringify(text)} to ${JSON.stringify(exceptions[0].file)}`, () => {
        writeAll(fd, text);
      });
    }
  });
}

/** Whether an error says that the caller may not limit devices at all. */
export function isForbidden(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) if (isErrno(at, "EPERM", "EACCES")) return true;
  return false;
}
