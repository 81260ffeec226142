// SPDX-License-Identifier: Apache-2.0
/** What `features` says of seccomp. features-linux.md, "Seccomp" */
import {
  SECCOMP_FILTER_FLAG_NEW_LISTENER,
  architectureByName,
  filterActions,
  filterFlags,
  filterOperators,
  isFilterFlagSupported,
} from "../linux/seccomp.ts";
import type { SeccompArch, SeccompFeatures } from "../spec/types.ts";
import { libraryName } from "./compile.ts";

export { libseccompVersion } from "../linux/seccomp.ts";

/** Every architecture of the specification. */
const architectures: readonly SeccompArch[] = [
  "SCMP_ARCH_AARCH64",
  "SCMP_ARCH_ARM",
  "SCMP_ARCH_LOONGARCH64",
  "SCMP_ARCH_M68K",
  "SCMP_ARCH_MIPS",
  "SCMP_ARCH_MIPS64",
  "SCMP_ARCH_MIPS64N32",
  "SCMP_ARCH_MIPSEL",
  "SCMP_ARCH_MIPSEL64",
  "SCMP_ARCH_MIPSEL64N32",
  "SCMP_ARCH_PARISC",
  "SCMP_ARCH_PARISC64",
  "SCMP_ARCH_PPC",
  "SCMP_ARCH_PPC64",
  "SCMP_ARCH_PPC64LE",
  "SCMP_ARCH_RISCV64",
  "SCMP_ARCH_S390",
  "SCMP_ARCH_S390X",
  "SCMP_ARCH_SH",
  "SCMP_ARCH_SHEB",
  "SCMP_ARCH_X32",
  "SCMP_ARCH_X86",
  "SCMP_ARCH_X86_64",
];

/** Names that the specification has for what libseccomp knows; the flags that this kernel takes are found by asking it. */
export function seccompFeatures(): SeccompFeatures {
  const flags = Object.entries(filterFlags);
  // Sleeping uninterruptibly is a property of a listener, and the kernel takes the flag only with one.
  const supported = flags.filter(
    ([, flag]) => isFilterFlagSupported(flag) || isFilterFlagSupported(flag | SECCOMP_FILTER_FLAG_NEW_LISTENER),
  );
  return {
    enabled: true,
    actions: Object.keys(filterActions).sort(),
    operators: Object.keys(filterOperators).sort(),
    archs: architectures.filter((name) => architectureByName(libraryName(name)) !== undefined),
    knownFlags: flags.map(([name]) => name),
    supportedFlags: supported.map(([name]) => name),
  };
}
