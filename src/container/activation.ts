// SPDX-License-Identifier: Apache-2.0
/** Standing between a service manager and the container: sockets of LISTEN_FDS, and the word that it is ready. sd_notify(3) */
import { type Activation, notifySocketName, readListenFds } from "../plan/activation.ts";
import { openLivePidfd } from "../process/liveness.ts";
import { NotifyRelay } from "../process/notify-relay.ts";
import { ownPid } from "../process/self.ts";
import { hasNotifyDirectory, notifyDirectoryOf } from "../store/files.ts";
import type { RuntimeContext } from "./context.ts";
import type { ContainerRecord } from "./record.ts";

/** What the environment of the runtime says, for container `id`. */
export function readActivation(context: RuntimeContext, id: string): Activation {
  const asked = context.environ.has("LISTEN_FDS");
  return {
    ...(asked ? readListenFds(context.environ, ownPid()) : { listenFds: 0, listenNames: undefined }),
    notifyDirectory: hostSocket(context) === undefined ? undefined : notifyDirectoryOf(context.root, id),
  };
}

function hostSocket({ environ }: RuntimeContext): string | undefined {
  return environ.get("NOTIFY_SOCKET") || undefined;
}

/** Binds the socket that the container writes to; undefined when it has none, or nobody listens to this runtime. */
export function openNotifyRelay(context: RuntimeContext, id: string): NotifyRelay | undefined {
  const host = hostSocket(context);
  const directory = notifyDirectoryOf(context.root, id);
  if (host === undefined || !hasNotifyDirectory(context.root, id)) return undefined;
  return new NotifyRelay(`${directory}/${notifySocketName}`, host, (text) => {
    context.log.warn(text);
  });
}

/** Waits until the container says that it is ready, or has ended, and makes its init the main process of the service. */
export function waitUntilReady({ pid, startTime }: ContainerRecord, relay: NotifyRelay): void {
  using pidfd = openLivePidfd(pid, startTime);
  if (pidfd !== undefined) relay.waitUntilReady(pidfd, pid);
}
