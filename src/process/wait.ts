// SPDX-License-Identifier: Apache-2.0
/** Waiting a little, for what the kernel does not announce. */
export { sleep as pauseFor } from "../linux/time.ts";
