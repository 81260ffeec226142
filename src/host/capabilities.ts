// SPDX-License-Identifier: Apache-2.0
/** Names of all capabilities that runt knows a number for. */
export { capabilityNames } from "../linux/capability-names.ts";
