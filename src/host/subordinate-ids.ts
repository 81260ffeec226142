// SPDX-License-Identifier: Apache-2.0
/** Ids that a user may map beside the own one. subuid(5) */
import { readFileIfAny } from "../linux/file.ts";
import type { IdMapRow } from "../linux/proc/id-map.ts";
import { rangesOf } from "./subordinate-text.ts";
import { hostUserName } from "./user.ts";

export { isCovered } from "./subordinate-text.ts";

/** The ranges of /etc/subuid or /etc/subgid for user `uid`, as rows from themselves to themselves. */
export function subordinateRanges(kind: "uid" | "gid", uid: number): IdMapRow[] {
  const owners = [hostUserName(uid), String(uid)].filter((owner) => owner !== undefined);
  return rangesOf(readFileIfAny(`/etc/sub${kind}`) ?? "", owners);
}
