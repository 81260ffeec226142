// SPDX-License-Identifier: Apache-2.0
/** Becoming the user of the process. config.md, "User" */
import { isErrno, within } from "../linux/errors.ts";
import { setGid, setGroups, setUid, setUmask } from "../linux/identity.ts";
import type { ProcessPlan } from "../plan/types.ts";

/**
 * Groups, gid, uid, umask, in this order: each step needs a right that a later one takes away.
 *
 * In init, after everything that needs root, and after keepCapabilitiesOverUserChange().
 */
export function becomeUser(process: Pick<ProcessPlan, "uid" | "gid" | "additionalGids" | "setGroups" | "umask">): void {
  if (process.setGroups !== false) becomeMember(process);
  within(`set gid ${process.gid}`, () => setGid(process.gid), { EINVAL: unmapped("gid") });
  within(`set uid ${process.uid}`, () => setUid(process.uid), {
    EINVAL: unmapped("uid"),
    EAGAIN: "the user has as many processes as RLIMIT_NPROC allows",
  });
  setUmask(process.umask);
}

const unmapped = (what: string): string => `is every ${what} in the mappings of the user namespace?`;

function becomeMember({ additionalGids, setGroups: how }: Pick<ProcessPlan, "additionalGids" | "setGroups">): void {
  within(
    `set additional groups ${JSON.stringify(additionalGids.slice(0, 16))}`,
    () => {
      try {
        setGroups(additionalGids);
      } catch (error) {
        // The caller's groups stay then, as they do for all that its user runs in there.
        if (how === true || additionalGids.length > 0 || !isErrno(error, "EPERM")) throw error;
      }
    },
    { EINVAL: unmapped("group"), EPERM: "setgroups is denied in this user namespace" },
  );
}
