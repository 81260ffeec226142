// SPDX-License-Identifier: Apache-2.0
/** Handing the listener of SCMP_ACT_NOTIFY to the agent. config-linux.md, "The Container Process State" */
import { HintedError } from "../linux/errors.ts";
import type { FdLike } from "../linux/fd.ts";
import { connectUnix, sendAll, sendMessage } from "../linux/socket.ts";
import type { ContainerProcessState, Seccomp, State } from "../spec/types.ts";
import { encodeUtf8 } from "../linux/host.ts";

/** What the agent is told besides the metadata of the configuration. */
export interface ListenerContext {
  readonly ociVersion: string;
  /** The process that the filter is on, as the runtime sees it. */
  readonly pid: number;
  /** State of the container, as JSON. */
  readonly state: string;
}

/**
 * Sends `listener` (which stays the caller's) with the state of the container to `listenerPath`: one message on one connection.
 * Throws when there is no path or nobody takes it.
 */
export function sendSeccompFd(listener: FdLike, section: Seccomp, context: ListenerContext): void {
  const path = section.listenerPath ?? "";
  if (path === "") throw new HintedError("a seccomp rule notifies, and linux.seccomp.listenerPath is missing", {});
  try {
    using socket = connectUnix(path);
    const message = encodeUtf8(JSON.stringify(processState(section, context)));
    // The descriptor goes with the first bytes; a stream may take fewer than all of them at once.
    const sent = sendMessage(socket, message, [listener]);
    sendAll(socket, message.subarray(sent));
  } catch (cause) {
    const hint = "the agent at linux.seccomp.listenerPath must listen before the container is created";
    throw new HintedError("send the seccomp listener", { cause, hint });
  }
}

/** The message itself. */
export function processState(section: Seccomp, { ociVersion, pid, state }: ListenerContext): ContainerProcessState {
  const { listenerMetadata: metadata } = section;
  return {
    ociVersion,
    fds: ["seccompFd"],
    pid,
    ...(metadata === undefined ? {} : { metadata }),
    state: JSON.parse(state) as State,
  };
}
