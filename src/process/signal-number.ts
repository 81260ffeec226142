// SPDX-License-Identifier: Apache-2.0
/** Signals by the names that people and engines use. */
export { signalNumber } from "../linux/signal-names.ts";
