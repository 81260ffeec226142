// SPDX-License-Identifier: Apache-2.0
/** Doing something inside a container's namespaces without being one of its processes. */
import { becomeMappedRoot } from "../namespaces/id-maps.ts";
import { joinNamespacesOf } from "../namespaces/join-process.ts";
import type { NamespaceType } from "../plan/types.ts";
import { openChannel } from "../process/channel.ts";
import { cloneChild, endProcess, reap } from "../process/child.ts";
import { closeAllBut } from "../process/descriptors.ts";
import { openLivePidfd } from "../process/liveness.ts";
import { dieWithRuntime, hideFromContainer } from "../process/privileges.ts";
import { beRole, ownPid } from "../process/self.ts";
import type { RuntimeContext } from "./context.ts";
import { ContainerError } from "./errors.ts";
import type { ContainerRecord } from "./record.ts";

export interface Visit {
  /** Namespaces to be in, where the container has its own. Never the pid namespace: the visitor is not to be seen. */
  readonly namespaces: readonly NamespaceType[];
  /** Descriptors that `body` needs. */
  readonly keep: readonly number[];
  /** In the visitor. What it throws is thrown by visitContainer(); `warn` reaches the runtime's log. */
  readonly body: (warn: (text: string) => void) => void;
}

/** Clones a visitor and waits for it. Throws ContainerError "container-not-running", and what the visitor throws. */
export function visitContainer(context: RuntimeContext, record: ContainerRecord, visit: Visit): void {
  using target = openLivePidfd(record.pid, record.startTime);
  if (target === undefined) throw notRunning(record);
  const { parentEnd, childEnd } = openChannel((text) => {
    context.log.warn(text);
  });
  const runtime = ownPid();
  const pid = cloneChild({ namespaces: [], cgroup: undefined }, () => {
    try {
      closeAllBut([childEnd.number, target.number, ...visit.keep]);
      beRole("visitor");
      dieWithRuntime(runtime);
      hideFromContainer();
      joinNamespacesOf(
        target,
        visit.namespaces.filter((type) => record.namespaces.includes(type)),
        (cause) => notRunning(record, cause),
      );
      target.close();
      if (record.namespaces.includes("user")) becomeMappedRoot();
      visit.body((text) => {
        childEnd.send({ type: "warning", text });
      });
      childEnd.send({ type: "ready" });
    } catch (error) {
      childEnd.sendError(error);
    }
    endProcess(0);
  });
  childEnd.close();
  try {
    parentEnd.expect("ready");
  } finally {
    reap(pid);
    parentEnd.close();
  }
}

function notRunning({ id }: ContainerRecord, cause?: Error): ContainerError {
  return new ContainerError("container-not-running", `container ${JSON.stringify(id)}: container not running`, { cause });
}
