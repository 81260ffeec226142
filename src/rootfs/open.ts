// SPDX-License-Identifier: Apache-2.0
/** The first steps in a new mount namespace: cut it off from the host's, and make the root file system a mount. */
import { HintedError, isErrno } from "../linux/errors.ts";
import { currentDirectory, type Fd } from "../linux/fd.ts";
import { O_DIRECTORY, O_NOFOLLOW, O_PATH, openFile } from "../linux/file.ts";
import { MS_PRIVATE, MS_SLAVE } from "../linux/mount-flags.ts";
import { cloneTree, moveMount, setMountAttributes } from "../linux/mount.ts";
import { lstat, type FileType } from "../linux/stat.ts";
import type { Propagation, RootfsPlan } from "../plan/types.ts";
import { Root } from "./root.ts";
import { splitPath } from "./paths.ts";

/** The root file system cannot be had. */
class RootfsError extends HintedError {
  readonly code = "bundle-invalid";
}

/**
 * Propagation of every mount of the namespace while the root is set up. Undefined for a shared root: then mounts keep their
 * peers, because what is bound from the host with "shared" must stay its peer. What is bound with "slave" needs a master.
 */
function impliedPropagation({ propagation, mounts, ownMountNamespace }: RootfsPlan): Propagation | undefined {
  if (!ownMountNamespace || propagation.type === "shared") return undefined;
  const slave = propagation.type === "slave" || mounts.some((mount) => mount.propagation.some(({ type }) => type === "slave"));
  return slave ? "slave" : "private"; // also for unbindable: such a tree could not be cloned
}

/**
 * In init, first of all in the new mount namespace: what is mounted from here on does not reach the host.
 *
 * Private and slave are for the whole tree. For a shared root only the mount around the root file system becomes private, which
 * pivot_root(2) asks for. Does nothing in the host's own mount namespace.
 */
export function makeRootPrivate(plan: RootfsPlan): void {
  if (!plan.ownMountNamespace) return;
  const implied = impliedPropagation(plan);
  if (implied === undefined) {
    makeSurroundingMountPrivate(plan.path);
    return;
  }
  const propagation = implied === "slave" ? MS_SLAVE : MS_PRIVATE;
  setMountAttributes(currentDirectory, { propagation }, { path: "/", recursive: true });
}

/** mount_setattr(2) wants the root of a mount, and says EINVAL of any other directory: the first one upwards is the mount's. */
function makeSurroundingMountPrivate(path: string): void {
  for (let at = path; ; at = splitPath(at).parent) {
    try {
      setMountAttributes(currentDirectory, { propagation: MS_PRIVATE }, { path: at });
      return;
    } catch (error) {
      if (at === "/" || !isErrno(error, "EINVAL")) throw error;
    }
  }
}

/**
 * In init, after makeRootPrivate(), before anything is made in the root file system: clones the root file system with all that
 * is mounted below it, and mounts it on itself, because pivot_root(2) wants a mount.
 *
 * It must be a directory, and no symbolic link. Without an own mount namespace it is only opened.
 */
export function openRootfs(plan: RootfsPlan): Root {
  try {
    if (!plan.ownMountNamespace) return new Root(openFile(plan.path, O_PATH | O_DIRECTORY | O_NOFOLLOW), undefined);
    return new Root(mountOnItself(plan), impliedPropagation(plan));
  } catch (error) {
    throw new RootfsError(`open root file system ${JSON.stringify(plan.path)}${whatItIs(plan.path)}`, {
      cause: error,
      hint: "root.path of config.json names it, from the bundle on unless it is absolute",
    });
  }
}

function mountOnItself(plan: RootfsPlan): Fd {
  const tree = cloneTree(plan.path, { recursive: true, noFollow: true });
  try {
    if (impliedPropagation(plan) === "slave" && plan.propagation.type !== "slave") {
      setMountAttributes(tree, { propagation: MS_PRIVATE }, { recursive: true });
    }
    // With the slash the place must be a directory; if it is one behind a link, then the tree is the link and does not fit.
    moveMount(tree, currentDirectory, `${plan.path}/`);
    return tree;
  } catch (error) {
    tree.close();
    throw error;
  }
}

/** The kernel says EINVAL or ENOTDIR; the reader wants to know what is there instead of a directory. */
function whatItIs(path: string): string {
  let type: FileType;
  try {
    ({ type } = lstat(path));
  } catch {
    return ""; // the error that is being reported says why
  }
  if (type === "directory") return "";
  return type === "symlink" ? ": it is a symbolic link and must be a directory" : ": it is not a directory";
}
