// SPDX-License-Identifier: Apache-2.0
/**
 * The types of config.json, of the state and of the features document, as the OCI runtime specification has them.
 *
 * Generated from `spec-schemas/`. A 64-bit integer is `number | bigint`: a number where it is exact, a bigint beyond 2^53.
 */
export type * from "#gen/spec-types.ts";
