// SPDX-License-Identifier: Apache-2.0
/**
 * The document of `features` (features.md), made from the tables that do the work, so that it cannot claim what is not there. It
 * says what runt can do, whatever this host allows.
 */
import type { CgroupFeatures, Features, SeccompFeatures } from "../spec/types.ts";
import { OCI_VERSION, OCI_VERSION_MIN } from "../spec/version.ts";
import { annotationNames } from "./annotations.ts";
import { hookNames } from "./hooks.ts";
import { mountOptionNames } from "./mount-options.ts";
import { namespaceTypes } from "./namespaces.ts";
import { memoryPolicyFlags, memoryPolicyModes } from "./scheduling.ts";

/** What the rooms know of themselves, handed in because the plan imports none of them. */
export interface FeatureTables {
  /** Version of runt, and the commit it was built from. */
  readonly version: string;
  readonly commit: string | undefined;
  /** Every capability name there is a number for. */
  readonly capabilities: readonly string[];
  readonly cgroup: CgroupFeatures;
  readonly seccomp: SeccompFeatures;
  /** Version of the libseccomp that is linked in. */
  readonly libseccompVersion: string;
  /** Whether `checkpoint` and `restore` are there. */
  readonly checkpoint: boolean;
}

/** The whole document. */
export function describeFeatures(tables: FeatureTables): Features {
  return {
    ociVersionMin: OCI_VERSION_MIN,
    ociVersionMax: OCI_VERSION,
    hooks: hookNames,
    mountOptions: mountOptionNames(),
    linux: {
      namespaces: [...namespaceTypes].sort(),
      capabilities: tables.capabilities,
      cgroup: tables.cgroup,
      seccomp: tables.seccomp,
      apparmor: { enabled: true },
      selinux: { enabled: true },
      intelRdt: { enabled: true, schemata: true, monitoring: true },
      memoryPolicy: { modes: Object.keys(memoryPolicyModes), flags: memoryPolicyFlags },
      mountExtensions: { idmap: { enabled: true } },
      netDevices: { enabled: true },
    },
    annotations: annotations(tables),
    potentiallyUnsafeConfigAnnotations: Object.values(annotationNames).filter(
      (name) => tables.checkpoint || name !== annotationNames.criuConfig,
    ),
  };
}

/** Under runc's names where engines know them, under our own where only we have them. */
function annotations(tables: FeatureTables): Readonly<Record<string, string>> {
  return {
    "io.github.seccomp.libseccomp.version": tables.libseccompVersion,
    "org.opencontainers.runc.checkpoint.enabled": String(tables.checkpoint),
    ...(tables.commit === undefined ? {} : { "runt.commit": tables.commit }),
    "runt.version": tables.version,
  };
}
