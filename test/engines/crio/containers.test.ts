// SPDX-License-Identifier: Apache-2.0
// @lanes engines @timeout 240
/** The cases of cri/containers.ts under a real CRI-O. */
import { containers } from "../cri/containers.ts";
import { compareUnderCrio, openCrio } from "./daemon.ts";

await compareUnderCrio("CRI", openCrio, containers);
