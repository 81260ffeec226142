// SPDX-License-Identifier: Apache-2.0
/** What the parent opens for init, because init in its user namespace could not. */
import { isErrno } from "../linux/errors.ts";
import type { Fd } from "../linux/fd.ts";
import { O_PATH, openFile } from "../linux/file.ts";
import { withFileSystemIds } from "../linux/fsids.ts";
import { getEuid } from "../linux/identity.ts";
import { MOUNT_ATTR_IDMAP } from "../linux/mount-flags.ts";
import { cloneTree, setMountAttributes } from "../linux/mount.ts";
import type { IdMapPlan, MountPlan, RootfsPlan } from "../plan/types.ts";
import { mountClause } from "./mounts.ts";

export interface SourceOptions {
  /** Whether the container has a user namespace of its own. */
  readonly ownUserNamespace: boolean;
  /** A user namespace with these mappings (the container's own mappings, where the lists are empty). */
  readonly idmapUserNamespace: (idmap: IdMapPlan) => Fd;
}

/** Whether the container's root, as the host sees it, may reach `path`. Where it is missing init says so. */
function isInReach(path: string, plan: RootfsPlan): boolean {
  return withFileSystemIds(plan.rootUid, plan.rootGid, () => {
    try {
      openFile(path, O_PATH).close();
      return true;
    } catch (error) {
      return !isErrno(error, "EACCES");
    }
  });
}

function idmap(tree: Fd, mapping: IdMapPlan, options: Pick<SourceOptions, "idmapUserNamespace">): void {
  using userNamespace = options.idmapUserNamespace(mapping);
  try {
    setMountAttributes(tree, { set: MOUNT_ATTR_IDMAP, userNamespace }, { recursive: mapping.recursive });
  } catch (error) {
    if (!isErrno(error, "EINVAL")) throw error;
    throw new Error("the file system of the source does not support id-mapped mounts, or a mount below it does not", {
      cause: error,
    });
  }
}

function openSource(mount: MountPlan, options: Pick<SourceOptions, "idmapUserNamespace">): Fd {
  const tree = cloneTree(mount.source, { recursive: mount.recursiveBind, noFollow: mount.sourceNoFollow });
  try {
    if (mount.idmap !== undefined) idmap(tree, mount.idmap, options);
    return tree;
  } catch (error) {
    tree.close();
    throw error;
  }
}

/** For mounts into a container that runs: the sources of all bind mounts, for they are on the host. */
export function openAllSources(
  mounts: readonly MountPlan[],
  options: Pick<SourceOptions, "idmapUserNamespace">,
): Map<number, Fd> {
  return openWanted(
    mounts.filter(({ kind }) => kind === "bind"),
    options,
  );
}

/**
 * In the parent, as root, before init is cloned (which inherits the descriptors): opens the sources of id-mapped bind mounts, and
 * of those that the container's root has no way to. The rest init opens itself: the flags of the host's mounts are locked in what
 * it clones in its own mount namespace, and they are not in what comes from here.
 */
export function openSources(plan: RootfsPlan, options: SourceOptions): Map<number, Fd> {
  const mayBeOutOfReach = options.ownUserNamespace && getEuid() === 0 && plan.rootUid !== 0;
  const isWanted = (mount: MountPlan): boolean => {
    if (mount.kind !== "bind") return false;
    return mount.idmap !== undefined || (mayBeOutOfReach && !isInReach(mount.source, plan));
  };
  return openWanted(plan.mounts.filter(isWanted), options);
}

function openWanted(mounts: readonly MountPlan[], options: Pick<SourceOptions, "idmapUserNamespace">): Map<number, Fd> {
  const sources = new Map<number, Fd>();
  try {
    for (const mount of mounts) {
      try {
        sources.set(mount.index, openSource(mount, options));
      } catch (cause) {
        throw new Error(mountClause(mount), { cause });
      }
    }
    return sources;
  } catch (error) {
    for (const fd of sources.values()) fd.close();
    throw error;
  }
}
