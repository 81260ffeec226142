// SPDX-License-Identifier: Apache-2.0
// @lanes engines @timeout 240
/** The cases of cri/programs.ts under a real CRI-O. */
import { programs } from "../cri/programs.ts";
import { compareUnderCrio, openCrio } from "./daemon.ts";

await compareUnderCrio("CRI", openCrio, programs);
