// SPDX-License-Identifier: Apache-2.0
/** The session keyring of a container. keyctl(2), session-keyring(7) */
import { isErrno, within } from "../linux/errors.ts";
import { describeKey, joinSessionKeyring, setKeyPermissions } from "../linux/keyctl.ts";

/** The owner may search the keyring: without it, a key that was added by one process of the container is hidden from the next. */
const USER_MAY_SEARCH = 0x0008_0000;
const PERMISSIONS_FIELD = 3;

/**
 * In init and in exec, first of all that concerns the process: leaves the keyring of the caller for the container's own, so
 * that the container sees none of the caller's keys. With an SELinux label, it is inside withKeyLabel() of lsm/.
 *
 * A kernel without key rings has nothing to leave: no error.
 */
export function joinKeyring(name: string): void {
  within(
    `join session keyring ${JSON.stringify(name)}`,
    () => {
      try {
        const serial = joinSessionKeyring(name);
        const permissions = Number.parseInt(describeKey(serial)[PERMISSIONS_FIELD] ?? "", 16);
        setKeyPermissions(serial, permissions | USER_MAY_SEARCH);
      } catch (error) {
        if (!isErrno(error, "ENOSYS")) throw error; // CONFIG_KEYS is off, or a filter around us pretends so
      }
    },
    { EDQUOT: "the user has as many keys as /proc/sys/kernel/keys allows; --no-new-keyring goes without one" },
  );
}
