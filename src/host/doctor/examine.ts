// SPDX-License-Identifier: Apache-2.0
/** All that `doctor` looks at, in its order. */
import type { Check, Examination, Patient } from "./check.ts";
import { cloneIntoCgroup, devicePrograms, intelRdt, kernelVersion, namespaces, seccomp, systemCalls } from "./kernel.ts";
import { cgroups, delegation, hugePages, systemd } from "./resources.ts";
import { apparmor, criu, selinux } from "./security.ts";
import { capabilities, idHelpers, subordinateIds, userNamespaces } from "./user.ts";

const examinations: readonly Examination[] = [
  kernelVersion,
  systemCalls,
  namespaces,
  cgroups,
  cloneIntoCgroup,
  delegation,
  systemd,
  devicePrograms,
  hugePages,
  intelRdt,
  capabilities,
  userNamespaces,
  subordinateIds,
  idHelpers,
  seccomp,
  apparmor,
  selinux,
  criu,
];

/** Looks at this host. Nothing is changed. */
export function examineHost(patient: Patient): Check[] {
  return examinations.map((examine) => examine(patient));
}
