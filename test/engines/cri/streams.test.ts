// SPDX-License-Identifier: Apache-2.0
// @lanes engines @timeout 120
/** Programs in the containers of a pod under containerd: exec, attach, logs. */
import { compare } from "../lib/compare.ts";
import { underContainerd } from "./containerd.ts";
import { programs } from "./programs.ts";

await compare(underContainerd(programs));
