// SPDX-License-Identifier: Apache-2.0
/** Brings init into being: in one clone where the kernel lets us, through an intermediate process where it does not. */
import type { NamespacesPlan } from "../plan/types.ts";
import type { Entrance } from "../cgroup/entrance.ts";
import { joinNamespaces } from "../namespaces/join.ts";
import { becomeMappedRoot } from "../namespaces/id-maps.ts";
import { newTimeNamespace } from "../namespaces/time-offsets.ts";
import { cloneChild, endProcess, reap } from "../process/child.ts";
import { hideFromContainer } from "../process/privileges.ts";
import { beRole } from "../process/self.ts";
import type { Channel } from "../process/channel.ts";
import type { CloneShape } from "./clone-shape.ts";

export interface CloneInit {
  readonly shape: CloneShape;
  readonly namespaces: NamespacesPlan;
  readonly entrance: Entrance;
  /** Both ends are open in every process of the family until each closes what it does not need. */
  readonly parentEnd: Channel;
  readonly childEnd: Channel;
  /** What init does, from its first instruction on. */
  readonly body: () => never;
  /** Writes the id maps of a process that sits in a new user namespace. */
  readonly writeMaps: (pid: number) => void;
}

/**
 * Clones init and returns its pid as the host sees it. The child runs `body` and never comes back.
 *
 * Throws what clone3(2), setns(2) or the id maps refuse; then no process is left.
 */
export function cloneInit(options: CloneInit): number {
  const { shape, entrance, body } = options;
  if (shape.intermediate) return cloneThroughIntermediate(options);
  return cloneChild({ namespaces: shape.cloned, cgroup: entrance.target }, body);
}

function cloneThroughIntermediate(options: CloneInit): number {
  const { shape, parentEnd } = options;
  const namespaces = shape.userByIntermediate ? (["user"] as const) : [];
  const intermediate = cloneChild({ namespaces, cgroup: options.entrance.target }, () => runIntermediate(options));
  try {
    if (shape.userByIntermediate) {
      options.writeMaps(intermediate);
      parentEnd.send({ type: "go" });
    }
    return parentEnd.expect("pid").pid;
  } finally {
    // It ends by itself: after the report, after an error, or when its channel closes.
    reap(intermediate);
  }
}

/**
 * In the intermediate, between the runtime and init. Joins, unshares, clones init as its own sibling (so that the runtime is
 * init's parent) and tells the runtime the pid.
 */
function runIntermediate(options: CloneInit): never {
  const { shape, namespaces, childEnd, parentEnd } = options;
  try {
    options.entrance.enter(); // and init is born there
    beRole("intermediate");
    parentEnd.close();
    if (shape.userByIntermediate) {
      childEnd.expect("go");
      becomeMappedRoot();
    }
    hideFromContainer(); // before init is born in a pid namespace where others are
    // The mount namespace last: the offsets of time are written through the host's /proc.
    joinNamespaces(shape.joinFirst.filter(({ type }) => type !== "mount"));
    if (shape.newTime) newTimeNamespace(namespaces.timeOffsets);
    joinNamespaces(shape.joinFirst.filter(({ type }) => type === "mount"));
    const pid = cloneChild({ namespaces: shape.cloned, cgroup: undefined, sibling: true }, options.body);
    childEnd.send({ type: "pid", pid });
    endProcess(0);
  } catch (error) {
    childEnd.sendError(error);
    endProcess(1);
  }
}
