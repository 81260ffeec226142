// SPDX-License-Identifier: Apache-2.0
/** /dev/console: the container's terminal under the name that programs expect. */
import { within } from "../linux/errors.ts";
import type { FdLike } from "../linux/fd.ts";
import { cloneTree, moveMount } from "../linux/mount.ts";
import { fstat } from "../linux/stat.ts";
import { devDirectory } from "./dev.ts";
import { openOrMake } from "./make-path.ts";
import type { Root } from "./root.ts";

/**
 * In init, after makeDevices(), before or after pivotInto(): mounts the terminal whose container end `peer` is on /dev/console.
 * The terminal is the open one, whatever has become of its name (CVE-2025-52565).
 */
export function bindConsole(root: Root, peer: FdLike): void {
  within('bind the terminal on "/dev/console"', () => {
    if (fstat(peer).type !== "character") throw new Error("the terminal is not a character device");
    using target = openOrMake(devDirectory(root), "console", "file");
    if (fstat(target).type === "symlink") throw new Error('"/dev/console" is a symbolic link');
    using tree = cloneTree("", { dir: peer });
    moveMount(tree, target, "");
  });
}
