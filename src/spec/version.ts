// SPDX-License-Identifier: Apache-2.0
/** The versions of the OCI runtime specification that runt speaks. */

/** The version that documents made by runt follow, and the greatest that it knows all of. */
export const OCI_VERSION = "1.3.0";

/** The least version whose configurations are understood; every 1.x is. */
export const OCI_VERSION_MIN = "1.0.0";
