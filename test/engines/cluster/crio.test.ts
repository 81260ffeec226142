// SPDX-License-Identifier: Apache-2.0
// @lanes cluster @timeout 150
/** The same with a CRI-O, whose default it is to have systemd make its cgroups. */
import { compareUnderCrio, openCrio } from "../crio/daemon.ts";
import { Kubelet } from "./kubelet.ts";
import { pods } from "./pods.ts";

await compareUnderCrio("CRI, systemd", async (runtime) => new Kubelet(await openCrio(runtime, { systemd: true })), pods);
