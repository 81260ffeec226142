// SPDX-License-Identifier: Apache-2.0
/** Both security modules behind one pair of calls, for the two places in init that need them. */
import type { ProcessPlan } from "../plan/types.ts";
import { openApparmorProfile, setApparmorProfile } from "./apparmor.ts";
import type { AttributeFile } from "./attribute.ts";
import { openKeyLabel, openProcessLabel, setProcessLabel } from "./selinux.ts";

/** What the plan has refused where the host has no such module: a container that asks for a label must not run without. */
export type LabelPlan = Pick<ProcessPlan, "apparmorProfile" | "selinuxLabel" | "newKeyring">;

/** The open files of what the plan asks for. */
export interface LabelFiles {
  readonly apparmor: AttributeFile | undefined;
  readonly selinux: AttributeFile | undefined;
  /** Closed by withKeyLabel(). */
  readonly keys: AttributeFile | undefined;
}

/** In init and in exec, with the host's /proc in place and no other descriptor of the caller left: opens what will be written. */
export function openLabels({ apparmorProfile = "", selinuxLabel = "", newKeyring }: LabelPlan): LabelFiles {
  return {
    apparmor: apparmorProfile === "" ? undefined : openApparmorProfile(),
    selinux: selinuxLabel === "" ? undefined : openProcessLabel(),
    keys: selinuxLabel === "" || !newKeyring ? undefined : openKeyLabel(),
  };
}

/** In init, after the hooks and before no_new_privs: the program will run under these. Closes the files. */
export function setLabels(files: LabelFiles, { apparmorProfile, selinuxLabel }: LabelPlan): void {
  if (files.apparmor !== undefined) setApparmorProfile(files.apparmor, apparmorProfile ?? "");
  if (files.selinux !== undefined) setProcessLabel(files.selinux, selinuxLabel ?? "");
  for (const file of [files.apparmor, files.selinux]) file?.fd.close();
}
