// SPDX-License-Identifier: Apache-2.0
/** `features`: put together from what the rooms say of themselves. features.md */
import { COMMIT, VERSION } from "#gen/version.ts";
import { capabilityNames } from "../host/capabilities.ts";
import { describeFeatures } from "../plan/features.ts";
import { libseccompVersion, seccompFeatures } from "../seccomp/features.ts";
import type { Features } from "../spec/types.ts";

export { libseccompVersion } from "../seccomp/features.ts";

/** The document. */
export function features(): Features {
  return describeFeatures({
    version: VERSION,
    commit: COMMIT === "unknown" ? undefined : COMMIT,
    capabilities: capabilityNames,
    cgroup: { v1: true, v2: true, systemd: true, systemdUser: true, rdma: true },
    seccomp: seccompFeatures(),
    libseccompVersion: libseccompVersion,
    checkpoint: true,
  });
}
