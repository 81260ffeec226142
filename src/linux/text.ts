// SPDX-License-Identifier: Apache-2.0
/** Text and bytes: UTF-8 both ways. The engine has no TextEncoder. */
export { decodeUtf8, encodeUtf8 } from "runt:host";
