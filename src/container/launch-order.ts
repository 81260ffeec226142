// SPDX-License-Identifier: Apache-2.0
/** What of a launch may be done early, and what has to wait for what. Pure. */
import type { Entrance } from "../cgroup/entrance.ts";
import type { CgroupPlan, Plan } from "../plan/types.ts";
import type { CloneShape } from "./clone-shape.ts";
import type { LaunchMode } from "./init-resources.ts";

/** Whether the limit of tasks stands in the way of init, which is cloned into the cgroup, or out of a process in it. */
export function leavesNoRoom({ manager, resources: { pids } }: CgroupPlan): boolean {
  return manager !== "disabled" && (pids?.limit === 0 || pids?.limit === 1);
}

/** Whether init has to wait before its first step: for what only the runtime can give it, or until an intermediate has told its pid. */
export function holdsInit(plan: Plan, shape: CloneShape, { admits }: Pick<Entrance, "admits">): boolean {
  if (shape.intermediate || admits || shape.cloned.includes("user") || plan.intelRdt !== undefined) return true;
  return plan.process?.oomScoreAdj !== undefined || Object.keys(plan.netDevices).length > 0;
}

/** Whether init may have to ask for its limits: in a user namespace it has no right to raise them. */
export function asksForLimits({ process, namespaces: { create, join } }: Pick<Plan, "process" | "namespaces">): boolean {
  if (process === undefined || process.rlimits.length === 0) return false;
  return create.includes("user") || join.some(({ type }) => type === "user");
}

/** Whether nothing is to be done by the runtime between the set-up of init and the start of its program. */
export function startsEarly(plan: Plan, mode: LaunchMode): boolean {
  const { hooks, seccomp, cgroup } = plan;
  if (asksForLimits(plan)) return false;
  const notifies = seccomp?.syscalls?.some(({ action }) => action === "SCMP_ACT_NOTIFY") ?? false;
  return mode === "run" && cgroup.delegate === undefined && !notifies && hooks.prestart.length + hooks.createRuntime.length === 0;
}
