// SPDX-License-Identifier: Apache-2.0
/** `--version`. Engines read the first line, and take any later line with that word in it for the version. */
import { VERSION, COMMIT } from "#gen/version.ts";
import { libseccompVersion } from "../container/features.ts";
import { OCI_VERSION } from "../spec/version.ts";

/** The text of `--version`. */
export function versionText(): string {
  return `runt version ${VERSION}\ncommit: ${COMMIT}\nspec: ${OCI_VERSION}\nlibseccomp: ${libseccompVersion}\n`;
}
