// SPDX-License-Identifier: Apache-2.0
/** Which process makes or joins which namespace. Pure: decided from the plan alone, before anything is cloned. */
import type { NamespacesPlan, NamespaceType } from "../plan/types.ts";

export interface NamespaceJoin {
  readonly type: NamespaceType;
  readonly path: string;
}

export interface CloneShape {
  /**
   * A process between the runtime and init, because some namespaces count only for children of the process that enters
   * them (pid, time), and because a new user namespace has no rights over namespaces that were made outside of it.
   */
  readonly intermediate: boolean;
  /** Joined by the intermediate, in this order. */
  readonly joinFirst: readonly NamespaceJoin[];
  /** The intermediate makes the user namespace, since it must own the time namespace made next. */
  readonly userByIntermediate: boolean;
  /** The intermediate unshares a time namespace and writes its offsets. */
  readonly newTime: boolean;
  /** Made by the clone of init. */
  readonly cloned: readonly NamespaceType[];
  /**
   * Unshared by init when it is root of its new user namespace: to whom the maker's ids are mapped, to him belong /dev/mqueue and
   * what the kernel has in /sys/class/net.
   */
  readonly unshared: readonly NamespaceType[];
  /** Joined by init itself: nothing but its own view changes. */
  readonly joinInside: readonly NamespaceJoin[];
  /** Unshared by init when it already sits in its cgroup: the namespace is rooted where its maker is. */
  readonly newCgroup: boolean;
}

/** Kinds that act on the children of whoever joins them, or that decide over all others: pid_namespaces(7), time_namespaces(7). */
const needsIntermediate: readonly NamespaceType[] = ["pid", "time", "user"];

/** Kinds with files of their own, whose owner is who made the namespace. */
const ownedByMaker: readonly NamespaceType[] = ["network", "ipc"];

/**
 * Decides the shape of the clone for `create` and `run`. With `networkAtOnce` the runtime needs the network namespace before init
 * goes its way: it moves devices into it.
 */
export function cloneShape(namespaces: NamespacesPlan, networkAtOnce = false): CloneShape {
  const { create, join } = namespaces;
  const newUser = create.includes("user");
  const newTime = create.includes("time");
  const intermediate = newTime || join.some(({ type }) => needsIntermediate.includes(type)) || (newUser && join.length > 0);
  const userByIntermediate = newUser && newTime;
  const waits = (type: NamespaceType): boolean =>
    newUser && !userByIntermediate && ownedByMaker.includes(type) && !(networkAtOnce && type === "network");
  return {
    intermediate,
    joinFirst: intermediate ? join : [],
    userByIntermediate,
    newTime,
    cloned: create.filter(
      (type) => type !== "cgroup" && type !== "time" && !(type === "user" && userByIntermediate) && !waits(type),
    ),
    unshared: create.filter(waits),
    joinInside: intermediate ? [] : join,
    newCgroup: create.includes("cgroup"),
  };
}

/** The same for an init that joins a new network namespace which is there already. */
export function withoutNetwork(shape: CloneShape): CloneShape {
  return { ...shape, cloned: shape.cloned.filter((type) => type !== "network") };
}
