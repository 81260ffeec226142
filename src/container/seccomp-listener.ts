// SPDX-License-Identifier: Apache-2.0
/** The runtime's part when a filter notifies: the listener goes from the process to the agent. Drawn in process/messages.ts. */
import type { Fd } from "../linux/fd.ts";
import type { SeccompPlan } from "../plan/types.ts";
import type { Channel, Received } from "../process/channel.ts";
import { takeFd } from "../process/taken-fd.ts";
import { sendSeccompFd, type ListenerContext } from "../seccomp/listener.ts";
import { ContainerError } from "./errors.ts";

/** Calls with which the process sends the descriptor itself, where it cannot be taken. */
const sending = ["read", "sendmsg"];

/** Takes the listener that `received` tells of, gives it to the agent, and tells the process to go on. */
export function passListener(
  channel: Channel,
  { message }: Received,
  section: SeccompPlan | undefined,
  context: ListenerContext,
): void {
  if (message.type !== "seccomp" || section === undefined) throw new Error("the process told of no seccomp listener");
  using listener = takeFd(context.pid, message.fd) ?? askFor(channel, section);
  sendSeccompFd(listener, section, context);
  channel.send({ type: "go" });
}

/** The process sends it, as long as it need not ask the agent for that. */
function askFor(channel: Channel, section: SeccompPlan): Fd {
  const rule = section.syscalls?.find(
    ({ action, names }) => action === "SCMP_ACT_NOTIFY" && names.some((name) => sending.includes(name)),
  );
  if (rule !== undefined) {
    throw new ContainerError(
      "unsupported",
      `a seccomp rule asks the agent about ${sending.join(" or ")}, and only root can hand over such a listener`,
    );
  }
  channel.send({ type: "seccomp", fd: -1 });
  const [listener] = channel.expect("seccomp").fds;
  if (listener === undefined) throw new Error("the process sent no descriptor of its seccomp filter");
  return listener;
}
