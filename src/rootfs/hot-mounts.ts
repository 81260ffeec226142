// SPDX-License-Identifier: Apache-2.0
/** Mounts in a container that runs. Its processes may move everything around meanwhile: all is found and used by descriptor. */
import { within } from "../linux/errors.ts";
import { O_DIRECTORY, O_PATH, openFile } from "../linux/file.ts";
import { unmountDetached } from "../linux/mount.ts";
import { chdirFd } from "../linux/process.ts";
import type { MountPlan, RootfsPlan } from "../plan/types.ts";
import { mountAll } from "./mounts.ts";
import { splitPath } from "./paths.ts";
import { openInRoot } from "./resolve.ts";
import { type MountContext, Root } from "./root.ts";

/** Nothing that is mounted later reaches the host or comes from there, as at create. */
function openContainerRoot(): Root {
  return new Root(openFile("/", O_PATH | O_DIRECTORY), "private");
}

/**
 * In a process that has joined the container's namespaces: makes the mounts of the plan, all or none. The sources of bind mounts
 * were opened before, on the host.
 */
export function addMounts(plan: RootfsPlan, context: MountContext): void {
  using root = openContainerRoot();
  const done: MountPlan[] = [];
  try {
    for (const mount of plan.mounts) {
      mountAll(root, { ...plan, mounts: [mount] }, context);
      done.push(mount);
    }
  } catch (error) {
    for (const mount of done.reverse()) unmountAt(root, mount);
    throw error;
  }
}

/** In a process that has joined the container's namespaces: unmounts the topmost mount at each destination, the last one first. */
export function removeMounts(mounts: readonly MountPlan[]): void {
  using root = openContainerRoot();
  for (const mount of mounts.toReversed()) {
    within(`unmount ${JSON.stringify(mount.destination)}`, () => unmountAt(root, mount), {
      EINVAL: "nothing is mounted there",
      ELOOP: "the path leads through a symbolic link: name the directory that it leads to",
    });
  }
}

/**
 * umount(2) takes a path: a name in the directory that is held open. A mount point cannot be renamed under its mount, and links,
 * which could lead to a mount that hides something, are not followed.
 */
function unmountAt(root: Root, { destination }: MountPlan): void {
  const { parent, name } = splitPath(destination);
  using directory = openInRoot(root.fd, parent, { directory: true, noSymlinks: true });
  chdirFd(directory);
  unmountDetached(name);
}
