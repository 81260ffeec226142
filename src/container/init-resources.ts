// SPDX-License-Identifier: Apache-2.0
/** What init inherits from the runtime, opened while the host's files are still in reach. */
import { connectConsoleSocket } from "../console/socket.ts";
import { HookOutputs } from "../hooks/outputs.ts";
import type { Fd } from "../linux/fd.ts";
import { idmapUserNamespace } from "../namespaces/idmap-namespace.ts";
import { makeStartGate, type StartGate } from "../process/start-gate.ts";
import { openSources } from "../rootfs/sources.ts";
import { gateOf } from "../store/files.ts";
import { compileSeccomp, type SeccompProgram } from "../seccomp/compile.ts";
import type { RuntimeContext } from "./context.ts";
import type { CreateOptions } from "./options.ts";
import type { Prepared } from "./prepare.ts";

/** `create` parts from init, which waits at a gate; `run` stays and starts it through the channel. */
export type LaunchMode = "create" | "run";

export interface ResourceRequest {
  readonly context: RuntimeContext;
  readonly prepared: Prepared;
  readonly options: CreateOptions;
  readonly mode: LaunchMode;
}

/** Everything init gets beside the plan. The runtime closes its copies once init has its own. */
export class InitResources {
  readonly gate: StartGate | undefined;
  readonly consoleSocket: Fd | undefined;
  readonly sources: ReadonlyMap<number, Fd>;
  readonly seccomp: SeccompProgram | undefined;
  /** For the hooks that run in init. */
  readonly hookOutputs: HookOutputs | undefined;
  /** Descriptors that the program gets: 3, 4, … */
  readonly preserved: readonly number[];

  constructor(request: ResourceRequest) {
    const { plan } = request.prepared;
    const { options, context } = request;
    this.preserved = request.prepared.preserved;
    this.gate = request.mode === "create" ? makeStartGate(gateOf(context.root, request.prepared.id)) : undefined;
    this.consoleSocket = options.consoleSocket === undefined ? undefined : connectConsoleSocket(options.consoleSocket);
    this.sources = openSources(plan.rootfs, {
      ownUserNamespace: plan.namespaces.create.includes("user") || plan.namespaces.join.some(({ type }) => type === "user"),
      idmapUserNamespace: (idmap) => idmapUserNamespace(idmap, plan.namespaces),
    });
    const hooked = plan.hooks.createContainer.length + plan.hooks.startContainer.length > 0;
    this.hookOutputs = hooked && plan.hookOutputs !== undefined ? new HookOutputs(plan.hookOutputs) : undefined;
    const warn = (text: string): void => {
      context.log.warn(text);
    };
    this.seccomp = plan.seccomp === undefined ? undefined : compileSeccomp(plan.seccomp, { warn });
  }

  /** Numbers that must stay open in init until it has used them. */
  numbers(): number[] {
    return [...this.#all().map((fd) => fd.number), ...this.preserved];
  }

  #all(): Fd[] {
    const { gate, hookOutputs } = this;
    const fds = [
      gate?.start,
      gate?.reply,
      this.consoleSocket,
      hookOutputs?.stdout,
      hookOutputs?.stderr,
      ...this.sources.values(),
    ];
    return fds.filter((fd) => fd !== undefined);
  }

  /** The runtime's copies are of no more use: init has inherited its own. */
  closeInParent(): void {
    for (const fd of this.#all()) fd.close();
  }

  [Symbol.dispose](): void {
    this.closeInParent();
  }
}
