// SPDX-License-Identifier: Apache-2.0
/** `remount`: other flags for what is mounted at the destination already. */
import { isErrno } from "../linux/errors.ts";
import { reconfigureFileSystem } from "../linux/filesystem.ts";
import type { MountPlan } from "../plan/types.ts";
import { attributeSteps, superblockOptions } from "./attributes.ts";
import { applySteps } from "./bind.ts";
import { openInRoot } from "./resolve.ts";
import type { Root } from "./root.ts";

/** Changes the mount at the destination; unless only the mount is meant ("bind"), options of its file system too. */
export function remount(root: Root, mount: MountPlan): void {
  using mounted = openInRoot(root.fd, mount.destination, { noFollow: mount.destinationNoFollow });
  try {
    const options = mount.type === "bind" ? [] : [...mount.data, ...superblockOptions(mount.set, mount.clear)];
    if (options.length > 0) reconfigureFileSystem(mounted, options);
    applySteps(mounted, attributeSteps({ ...mount, recursiveBind: true }, { ownFlags: true, implied: undefined }));
  } catch (error) {
    if (!isErrno(error, "EINVAL")) throw error;
    throw new Error("nothing is mounted there that could be changed, or an option is not valid for it", { cause: error });
  }
}
