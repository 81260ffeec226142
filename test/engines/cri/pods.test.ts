// SPDX-License-Identifier: Apache-2.0
// @lanes engines @timeout 120
/** Pods, under containerd. */
import { compare } from "../lib/compare.ts";
import { underContainerd } from "./containerd.ts";
import { pods } from "./pods.ts";

await compare(underContainerd(pods));
