// SPDX-License-Identifier: Apache-2.0
/** The name of a container's owner, for `list`. */
import { hostUserName } from "../host/user.ts";

/** The user's name on this host, or `#1000` for one that it does not know. */
export function ownerName(uid: number): string {
  return hostUserName(uid) ?? `#${uid}`;
}
