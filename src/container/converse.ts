// SPDX-License-Identifier: Apache-2.0
/** The runtime's half of the conversation with init, up to `ready`. The protocol is drawn in process/messages.ts. */
import { enterDelegated } from "../cgroup/v2/delegate.ts";
import type { Fd } from "../linux/fd.ts";
import { ChannelClosedError, type Channel, type Received } from "../process/channel.ts";
import { setRlimits } from "../process/limits.ts";
import { hookState, runHookList } from "./hook-state.ts";
import type { Prepared } from "./prepare.ts";
import type { ContainerRecord } from "./record.ts";
import { passListener } from "./seccomp-listener.ts";

export interface Subject {
  readonly prepared: Prepared;
  readonly record: ContainerRecord;
}

/**
 * Answers init until it is ready. Returns the master of its terminal, when it sent one.
 *
 * Throws what init reports, what a hook reports, and ChannelClosedError when init dies without a word.
 */
export function converse(channel: Channel, subject: Subject): Fd | undefined {
  let terminal: Fd | undefined;
  for (;;) {
    const received = channel.receive();
    if (received === undefined) throw new ChannelClosedError();
    if (received.message.type === "ready") return terminal;
    if (received.message.type === "console") [terminal] = received.fds;
    else answer(channel, received, subject);
  }
}

function answer(channel: Channel, received: Received, { prepared, record }: Subject): void {
  const { plan } = prepared;
  switch (received.message.type) {
    case "hooks":
      // Of the deprecated prestart hooks the spec says that the container is created by then; engines know createRuntime otherwise.
      runHookList("prestart", plan.hooks.prestart, record, "created");
      runHookList("createRuntime", plan.hooks.createRuntime, record, "creating");
      channel.send({ type: "go" });
      break;
    case "cgroup":
      enterDelegated(record.cgroup, record.pid, plan.cgroup.delegate?.uid);
      channel.send({ type: "go" });
      break;
    case "limits":
      setRlimits(plan.process?.rlimits ?? [], record.pid);
      channel.send({ type: "go" });
      break;
    case "seccomp":
      passListener(channel, received, plan.seccomp, {
        ociVersion: record.ociVersion,
        pid: record.pid,
        state: hookState(record, "creating"),
      });
      break;
    default:
      throw new Error(`init sent ${JSON.stringify(received.message.type)}, which it never does`);
  }
}
