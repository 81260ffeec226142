// SPDX-License-Identifier: Apache-2.0
/** What a service manager hands to the runtime, for the container: sockets that it has opened, and where to tell that it is ready. Pure. */
import type { Config, Mount } from "../spec/types.ts";
import type { Variables } from "./types.ts";

export interface Activation {
  /** Number of descriptors from 3 on. sd_listen_fds(3) */
  readonly listenFds: number;
  /** Their names, as LISTEN_FDNAMES has them. */
  readonly listenNames: string | undefined;
  /** Host directory that holds the socket for sd_notify(3); undefined when nobody listens. */
  readonly notifyDirectory: string | undefined;
}

/** Name of the socket in that directory. */
export const notifySocketName = "notify.sock";

const insideDirectory = "/run/notify";

/**
 * What the environment says of descriptors: a number of them, if they are meant for process `pid`, which the runtime is. What is
 * not meant for it is none of its business, as sd_listen_fds(3) demands.
 */
export function readListenFds(environ: Variables, pid: number): Omit<Activation, "notifyDirectory"> {
  const count = environ.get("LISTEN_FDS") ?? "";
  if (environ.get("LISTEN_PID") !== String(pid) || !/^[0-9]{1,4}$/.test(count)) return { listenFds: 0, listenNames: undefined };
  return { listenFds: Number(count), listenNames: environ.get("LISTEN_FDNAMES") };
}

/** The config with the mount and the variables that hand all of it on. */
export function withActivation(config: Config, { listenFds, listenNames, notifyDirectory }: Activation): Config {
  if (listenFds === 0 && notifyDirectory === undefined) return config;
  const variables: string[] = [];
  if (listenFds > 0) variables.push(`LISTEN_FDS=${listenFds}`, "LISTEN_PID=1");
  if (listenFds > 0 && listenNames !== undefined) variables.push(`LISTEN_FDNAMES=${listenNames}`);
  if (notifyDirectory !== undefined) variables.push(`NOTIFY_SOCKET=${insideDirectory}/${notifySocketName}`);
  const { process, mounts = [] } = config;
  return {
    ...config,
    mounts: notifyDirectory === undefined ? mounts : [...mounts, notifyMount(notifyDirectory)],
    ...(process === undefined ? {} : { process: { ...process, env: [...(process.env ?? []), ...variables] } }),
  };
}

function notifyMount(source: string): Mount {
  const options = ["bind", "nosuid", "noexec", "nodev", "ro"];
  return { destination: insideDirectory, type: "bind", source, options };
}
