// SPDX-License-Identifier: Apache-2.0
/** What the running process is: its user, its pid, its clock, its role. */
import { randomHex } from "../linux/random.ts";

export { programName, setRole as beRole } from "../linux/host.ts";
export { getGid as ownGid, getUid as ownUid } from "../linux/identity.ts";
export { getPid as ownPid } from "../linux/process.ts";
export { now as clock } from "../linux/time.ts";

/** A name for the session keyring that nobody can guess: whoever knows it could join it. */
export function keyringName(): string {
  return `_ses.${randomHex(16)}`;
}
