// SPDX-License-Identifier: Apache-2.0
/** `exec`: a further process in a container. */
import { readProcessFile } from "../bundle/process-file.ts";
import { connectConsoleSocket } from "../console/socket.ts";
import { gatherFacts } from "../host/facts.ts";
import { planExec, type ExecPlan } from "../plan/exec.ts";
import { becomeSubreaper } from "../process/foreground.ts";
import { preservedDescriptors } from "../process/descriptors.ts";
import { shellStatus } from "../process/exit-status.ts";
import { openLivePidfd } from "../process/liveness.ts";
import { openRootOf } from "../rootfs/shared-root.ts";
import { compileSeccomp } from "../seccomp/compile.ts";
import { parseConfig } from "../spec/validate.ts";
import { readConfigCopy } from "../store/state-file.ts";
import { seccompReceiver, type RuntimeContext } from "./context.ts";
import { ContainerError } from "./errors.ts";
import { startExec } from "./exec-launch.ts";
import type { ExecOptions } from "./options.ts";
import { type ContainerRecord, loadRecord } from "./record.ts";
import { stayWith } from "./run.ts";
import { type Status, statusOf } from "./status.ts";

/**
 * Runs a process in container `id`. Returns its exit code (128 + signal when one killed it), or 0 at once with `detach`.
 *
 * Throws ContainerError for a container that is not running, PlanError and SpecError for a process that cannot be.
 */
export function execInContainer(context: RuntimeContext, id: string, options: ExecOptions): number {
  const record = loadRecord(context.root, id);
  checkStatus(statusOf(context.root, record), id, options.ignorePaused);
  const plan = planProcess(context, record, options);
  for (const warning of plan.warnings) context.log.warn(warning);
  checkTerminal(plan, options);
  const preserved = preservedDescriptors(options.preserveFds);
  // Before the check that the process is still the container's. A mount namespace that is joined brings its root along.
  using root = record.namespaces.includes("mount") ? undefined : openRootOf(record.pid);
  using target = openLivePidfd(record.pid, record.startTime);
  if (target === undefined) throw stopped(id);
  using consoleSocket = options.consoleSocket === undefined ? undefined : connectConsoleSocket(options.consoleSocket);
  const seccomp = plan.seccomp === undefined ? undefined : compileFilter(context, plan.seccomp);
  if (!options.detach) becomeSubreaper();
  const started = startExec({ context, record, plan, options, target, root, consoleSocket, seccomp, preserved });
  if (options.detach) return 0;
  return shellStatus(stayWith(started.pid, { terminal: started.terminal, signals: started.signals }));
}

function compileFilter(context: RuntimeContext, section: NonNullable<ExecPlan["seccomp"]>): ReturnType<typeof compileSeccomp> {
  return compileSeccomp(section, {
    warn: (text) => {
      context.log.warn(text);
    },
  });
}

function planProcess(context: RuntimeContext, record: ContainerRecord, options: ExecOptions): ExecPlan {
  const config = parseConfig(readConfigCopy(context.root, record.id));
  const process = options.processFile === undefined ? undefined : readProcessFile(options.processFile);
  return planExec(config, { ...options, process }, gatherFacts(), {
    newKeyring: record.ownKeyring,
    seccompReceiver: seccompReceiver(context),
  });
}

function checkStatus(status: Status, id: string, ignorePaused: boolean): void {
  if (status === "stopped") throw stopped(id);
  if (status === "creating") {
    throw new ContainerError(
      "container-busy",
      `container ${JSON.stringify(id)}: cannot exec in a container that is still being created`,
    );
  }
  if (status === "paused" && !ignorePaused) {
    throw new ContainerError("container-paused", "cannot exec in a paused container (use --ignore-paused to override)");
  }
}

function stopped(id: string): ContainerError {
  return new ContainerError("container-not-running", `container ${JSON.stringify(id)}: cannot exec in a stopped container`);
}

function checkTerminal({ process }: ExecPlan, { detach, consoleSocket }: ExecOptions): void {
  if (process.terminal && detach && consoleSocket === undefined) {
    throw new ContainerError("console-invalid", "cannot allocate tty if runc will detach without setting console socket", {
      hint: "give --console-socket PATH, or stay in the foreground",
    });
  }
  if (consoleSocket !== undefined && !(process.terminal && detach)) {
    throw new ContainerError("console-invalid", "cannot use console socket if runc will not detach or allocate tty", {
      hint: "give --detach and --tty, or leave --console-socket out",
    });
  }
}
