// SPDX-License-Identifier: Apache-2.0
/** Both security modules behind one pair of calls, for the two places in init that need them. */
import type { Fd } from "../linux/fd.ts";
import type { ProcessPlan } from "../plan/types.ts";
import { openApparmorProfile, setApparmorProfile } from "./apparmor.ts";
import type { AttributeFile } from "./attribute.ts";
import { openProcessLabel, setProcessLabel } from "./selinux.ts";

export type LabelPlan = Pick<ProcessPlan, "apparmorProfile" | "selinuxLabel">;

/** The open files of what the plan asks for. */
export interface LabelFiles {
  readonly apparmor: AttributeFile | undefined;
  readonly selinux: AttributeFile | undefined;
}

/** In init and in exec, with the host's /proc in place and no other descriptor of the caller left: opens what will be written. */
export function openLabels({ apparmorProfile, selinuxLabel }: LabelPlan): LabelFiles {
  return {
    apparmor: apparmorProfile === undefined || apparmorProfile === "" ? undefined : openApparmorProfile(apparmorProfile),
    selinux: selinuxLabel === undefined || selinuxLabel === "" ? undefined : openProcessLabel(selinuxLabel),
  };
}

/** The descriptors in `files`, for whoever closes all others. */
export function labelDescriptors({ apparmor, selinux }: LabelFiles): Fd[] {
  return [apparmor, selinux].flatMap((file) => (file === undefined ? [] : [file.fd]));
}

/** In init, after the hooks and before no_new_privs: the program will run under these. Closes the files. */
export function setLabels(files: LabelFiles, { apparmorProfile, selinuxLabel }: LabelPlan): void {
  if (files.apparmor !== undefined) setApparmorProfile(files.apparmor, apparmorProfile ?? "");
  if (files.selinux !== undefined) setProcessLabel(files.selinux, selinuxLabel ?? "");
  for (const fd of labelDescriptors(files)) fd.close();
}
