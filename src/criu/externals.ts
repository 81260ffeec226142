// SPDX-License-Identifier: Apache-2.0
/** Which mounts of a container lead outside of it, and where they are on the host that restores it. Pure. */
import type { MountInfo } from "../linux/proc/mountinfo.ts";
import type { MountPlan, RootfsPlan } from "../plan/types.ts";

/**
 * Places of the mounts whose sources criu cannot make again: all that config.json binds, and parts of file systems that are not
 * in the container as a whole. The root itself is none of them.
 */
export function externalMounts(mounts: readonly MountInfo[], bound: readonly string[]): string[] {
  const places = mounts.filter((mount) => mount.mountPoint !== "/" && isExternal(mount, mounts, bound));
  return [...new Set(places.map(({ mountPoint }) => mountPoint))];
}

function isExternal(mount: MountInfo, mounts: readonly MountInfo[], bound: readonly string[]): boolean {
  if (bound.some((place) => isAtOrBelow(mount.mountPoint, place))) return true;
  if (mount.root === "/" && mount.type !== "cgroup") return false;
  if (mount.type === "devpts") return true; // the console; its terminal ends with its processes
  return !mounts.some(
    (other) => other !== mount && isSameDevice(other, mount) && isAtOrBelow(mount.root, other.root) && isWhole(other),
  );
}

/** A mount that criu makes again: of a whole file system, or the container's root. */
function isWhole({ root, type, mountPoint }: MountInfo): boolean {
  return (root === "/" && type !== "cgroup") || mountPoint === "/";
}

function isSameDevice(a: MountInfo, b: MountInfo): boolean {
  return a.major === b.major && a.minor === b.minor;
}

function isAtOrBelow(path: string, directory: string): boolean {
  return path === directory || path.startsWith(directory === "/" ? "/" : `${directory}/`);
}

export interface RestoreHost {
  readonly rootfs: RootfsPlan;
  /** Hierarchies of the new container: v1 by the name of their directory in a cgroup mount, v2 is "unified". */
  readonly cgroups: readonly { readonly name: string; readonly path: string | undefined }[];
  /** Of the new terminal, for /dev/console. */
  readonly terminal: string | undefined;
}

/** Something on the host: a path that the config or the runtime names, and where it is below that, which others may change. */
export interface HostPlace {
  readonly path: string;
  /** Empty, or it begins with a slash. */
  readonly below: string;
}

function innermostBind(binds: readonly MountPlan[], destination: string): HostPlace | undefined {
  const bind = binds
    .filter((mount) => mount.kind === "bind" && isAtOrBelow(destination, mount.destination))
    .sort((a, b) => b.destination.length - a.destination.length)[0];
  return bind && { path: bind.source, below: destination.slice(bind.destination.length) };
}

/** What is behind an external mount; undefined when the config does not tell. */
export function sourceOf(destination: string, host: RestoreHost): HostPlace | undefined {
  const bound = innermostBind(host.rootfs.mounts, destination);
  if (bound !== undefined) return bound;
  const path = namedSource(destination, host);
  return path === undefined ? undefined : { path, below: "" };
}

/** The mount point of an external mount that lies in what the config binds, where others may change it; undefined for all other mounts. */
export function sharedMountPoint(destination: string, { mounts }: RootfsPlan): HostPlace | undefined {
  return innermostBind(
    mounts.filter((mount) => mount.destination !== destination),
    destination,
  );
}

function namedSource(destination: string, { rootfs, cgroups, terminal }: RestoreHost): string | undefined {
  if (destination === "/dev/console") return terminal;
  const cgroup = rootfs.mounts.find((mount) => mount.kind === "cgroup" && isAtOrBelow(destination, mount.destination));
  if (cgroup !== undefined) {
    const name = destination === cgroup.destination ? "unified" : destination.slice(cgroup.destination.length + 1);
    return cgroups.find((hierarchy) => hierarchy.name === name)?.path;
  }
  if (rootfs.bindDevices && isAtOrBelow(destination, "/dev")) return destination;
  return rootfs.maskedPaths.includes(destination) ? "/dev/null" : undefined;
}
