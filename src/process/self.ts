// SPDX-License-Identifier: Apache-2.0
/** What the runtime itself is: its user and its clock. */
export { getUid as ownUid } from "../linux/identity.ts";
export { now as clock } from "../linux/time.ts";
