// SPDX-License-Identifier: Apache-2.0
/** Giving a cgroup to the container's user. config-linux.md, "Cgroup ownership" */
import { isErrno, within } from "../../linux/errors.ts";
import { O_DIRECTORY, O_PATH, openFile, readFileIfAny } from "../../linux/file.ts";
import { chownAt } from "../../linux/stat.ts";
import { makeCgroup, moveProcess } from "../directory.ts";
import type { SavedCgroup } from "../manager.ts";
import { unifiedMountPoint } from "../places.ts";
import { enableControllers } from "./controllers.ts";

/** On kernels that do not list them. */
const delegateFiles = ["cgroup.procs", "cgroup.subtree_control", "cgroup.threads"];
/** chown(2): leave it as it is. */
const sameGroup = 0xffffffff;

/** Makes `uid` the owner of the directory and of the files that the kernel says may be delegated. Files that are not there are skipped. */
export function delegateTo(path: string, uid: number): void {
  using directory = openFile(path, O_PATH | O_DIRECTORY);
  chownAt(directory, "", uid, sameGroup);
  const listed = readFileIfAny("/sys/kernel/cgroup/delegate")?.split("\n").filter(Boolean);
  for (const name of listed ?? delegateFiles) {
    try {
      chownAt(directory, name, uid, sameGroup);
    } catch (error) {
      if (!isErrno(error, "ENOENT")) throw error; // of a controller that this cgroup does not have
    }
  }
}

/**
 * Moves the container's first process into the cgroup below the container's that is for it to rule, with the controllers that the
 * container has. From then on the container's own cgroup has no processes, and so can give its controllers away.
 */
export function enterDelegated({ delegated }: SavedCgroup, pid: number, uid: number | undefined): void {
  if (delegated === undefined) throw new Error("the container goes without a cgroup, and so nothing can be delegated to it");
  within(`delegate cgroup ${JSON.stringify(delegated)}`, () => {
    makeCgroup(delegated);
    moveProcess(delegated, pid);
    enableControllers(delegated, unifiedMountPoint, []);
    if (uid !== undefined) delegateTo(delegated, uid);
  });
}
