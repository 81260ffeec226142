// SPDX-License-Identifier: Apache-2.0
/** The working directory of the container's process. */
import { within } from "../linux/errors.ts";
import { makePath } from "./make-path.ts";
import { openInRootIfAny } from "./resolve.ts";
import type { Root } from "./root.ts";

/**
 * In init, after mountAll(), before setRootReadonly(): makes `cwd` and what is missing above it, 0755, owned by the container's
 * root. What is there already is left alone; whether it is a directory shows when it is entered.
 */
export function makeCwd(root: Root, cwd: string): void {
  if (cwd === "/") return;
  within(`make working directory ${JSON.stringify(cwd)}`, () => {
    const found = openInRootIfAny(root.fd, cwd) ?? makePath(root.fd, cwd, { leaf: "directory" });
    found.close();
  });
}
