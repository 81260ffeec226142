// SPDX-License-Identifier: Apache-2.0
// @lanes engines @timeout 240
/** The cases of cri/pods.ts under a real CRI-O. */
import { pods } from "../cri/pods.ts";
import { compareUnderCrio, openCrio } from "./daemon.ts";

await compareUnderCrio("CRI", openCrio, pods);
