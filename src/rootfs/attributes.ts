// SPDX-License-Identifier: Apache-2.0
/** From the plan's words to the kernel's bits: attributes and propagation of a mount, in as few calls as will do. Pure. */
import {
  MOUNT_ATTR_NOATIME,
  MOUNT_ATTR_NODEV,
  MOUNT_ATTR_NODIRATIME,
  MOUNT_ATTR_NOEXEC,
  MOUNT_ATTR_NOSUID,
  MOUNT_ATTR_NOSYMFOLLOW,
  MOUNT_ATTR_RDONLY,
  MOUNT_ATTR_RELATIME,
  MOUNT_ATTR_STRICTATIME,
  MOUNT_ATTR__ATIME,
  MS_PRIVATE,
  MS_SHARED,
  MS_SLAVE,
  MS_UNBINDABLE,
} from "../linux/mount-flags.ts";
import type { MountFlag, MountPlan, Propagation } from "../plan/types.ts";

const SIMPLE: Readonly<Partial<Record<MountFlag, number>>> = {
  ro: MOUNT_ATTR_RDONLY,
  nosuid: MOUNT_ATTR_NOSUID,
  nodev: MOUNT_ATTR_NODEV,
  noexec: MOUNT_ATTR_NOEXEC,
  nodiratime: MOUNT_ATTR_NODIRATIME,
  nosymfollow: MOUNT_ATTR_NOSYMFOLLOW,
};

/** Values of one field, not bits: of them a mount has exactly one. */
const ACCESS_TIME: Readonly<Partial<Record<MountFlag, number>>> = {
  noatime: MOUNT_ATTR_NOATIME,
  relatime: MOUNT_ATTR_RELATIME,
  strictatime: MOUNT_ATTR_STRICTATIME,
};

/** Options that mount_setattr(2) knows nothing of: the file system has them, for all its mounts. */
const SUPERBLOCK: readonly MountFlag[] = ["sync", "dirsync", "mand", "lazytime"];
/** What fsconfig(2) calls the same with "no": it is the opposite. */
const SUPERBLOCK_OFF: Readonly<Partial<Record<MountFlag, string>>> = {
  sync: "async",
  mand: "nomand",
  lazytime: "nolazytime",
};

export const propagationFlags: Readonly<Record<Propagation, number>> = {
  shared: MS_SHARED,
  slave: MS_SLAVE,
  private: MS_PRIVATE,
  unbindable: MS_UNBINDABLE,
};

export interface AttributeBits {
  readonly set: number;
  readonly clear: number;
}

/** The MOUNT_ATTR_… bits of the flags switched on and of those switched off. */
export function attributeBits(on: readonly MountFlag[], off: readonly MountFlag[]): AttributeBits {
  let set = 0;
  let clear = 0;
  let accessTime: number | undefined;
  for (const flag of off) {
    clear |= SIMPLE[flag] ?? 0;
    // "atime" and "nostrictatime" bring back the kernel's default
    if (flag === "noatime" || flag === "strictatime") accessTime = MOUNT_ATTR_RELATIME;
  }
  for (const flag of on) {
    set |= SIMPLE[flag] ?? 0;
    accessTime = ACCESS_TIME[flag] ?? accessTime;
  }
  if (accessTime === undefined) return { set, clear };
  return { set: set | accessTime, clear: clear | MOUNT_ATTR__ATIME };
}

/** The same without a change of the access time field, which a user namespace may have locked; undefined if nothing differs. */
export function withoutAccessTime({ set, clear }: AttributeBits): AttributeBits | undefined {
  if ((clear & MOUNT_ATTR__ATIME) === 0) return undefined;
  return { set: set & ~MOUNT_ATTR__ATIME, clear: clear & ~MOUNT_ATTR__ATIME };
}

/** Options for fsconfig(2) that the flags amount to beside the attributes of the mount. */
export function superblockOptions(on: readonly MountFlag[], off: readonly MountFlag[] = []): string[] {
  const options: string[] = on.filter((flag) => SUPERBLOCK.includes(flag));
  for (const flag of off) {
    const option = SUPERBLOCK_OFF[flag];
    if (option !== undefined) options.push(option);
  }
  return options;
}

/** One call of mount_setattr(2). */
export interface AttributeStep extends AttributeBits {
  readonly recursive: boolean;
  readonly propagation: Propagation | undefined;
}

export interface StepOptions {
  /** Whether the mount's own flags are still to be set: not for a file system that was made with them. */
  readonly ownFlags: boolean;
  /** Propagation that every mount of the tree has already. */
  readonly implied: Propagation | undefined;
}

/** The calls that give the tree of `mount` the attributes and the propagation of the plan. */
export function attributeSteps(mount: MountPlan, { ownFlags, implied }: StepOptions): AttributeStep[] {
  const steps: AttributeStep[] = [];
  const own = ownFlags ? attributeBits(mount.set, mount.clear) : { set: 0, clear: 0 };
  const below = attributeBits(mount.recursiveSet, mount.recursiveClear);
  if (own.set !== 0 || own.clear !== 0) steps.push({ ...own, recursive: false, propagation: undefined });
  if (below.set !== 0 || below.clear !== 0) steps.push({ ...below, recursive: mount.recursiveBind, propagation: undefined });
  let wanted = mount.propagation;
  if (wanted.every(({ type }) => type === implied)) wanted = [];
  for (const { type, recursive } of wanted) {
    addPropagation(steps, type, recursive && mount.recursiveBind);
  }
  return steps;
}

/** Into the last call when that goes as deep and has no propagation yet. */
function addPropagation(steps: AttributeStep[], propagation: Propagation, recursive: boolean): void {
  const last = steps.at(-1);
  if (last?.recursive === recursive && last.propagation === undefined) steps[steps.length - 1] = { ...last, propagation };
  else steps.push({ set: 0, clear: 0, recursive, propagation });
}
