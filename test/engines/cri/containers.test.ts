// SPDX-License-Identifier: Apache-2.0
// @lanes engines @timeout 120
/** Containers of a pod under containerd: ends, stats, limits, security. */
import { compare } from "../lib/compare.ts";
import { underContainerd } from "./containerd.ts";
import { containers } from "./containers.ts";

await compare(underContainerd(containers));
