// SPDX-License-Identifier: Apache-2.0
/** How a lane starts a test file, and whether this machine can. */
import { spawnSync } from "node:child_process";
import { prepareArm64 } from "./arm64.ts";
import type { GuestLane, Lane } from "./files.ts";

/** A lane that can run: what goes before `node SCRIPT`. */
export interface LaneReady {
  readonly prefix: readonly string[];
}

/** A lane that cannot run here has a reason; one that should and does not is broken, which is a failure of its files. */
export type LaneState = LaneReady | { readonly skip: string } | { readonly broken: string };

/**
 * A pid, mount and session of its own: whatever a test leaves running or mounted ends with it. The shell is pid 1 there and reaps
 * what is orphaned, as the init of a machine would; `/run` is private, so that no test meets another's sockets.
 */
const ISOLATE = [
  "unshare",
  "--pid",
  "--fork",
  "--kill-child=KILL",
  "--mount",
  "--mount-proc",
  "--propagation",
  "private",
  "--net",
  "--uts",
  "--ipc",
];
const INIT = 'node "$@" & wait $!';

const V2_VIEW = [
  "mount -t tmpfs tmpfs /sys/fs/cgroup",
  "umount /sys/fs/cgroup",
  "mount -t cgroup2 cgroup2 /sys/fs/cgroup 2>/dev/null || test -e /sys/fs/cgroup/cgroup.procs",
].join(" && ");

/** What engines keep in fixed places (sockets of shims, keys, locks) is private: `/run` is empty, and changes of `/etc` are kept there. */
const ENGINES_ROOM = [
  "mount -t tmpfs -o mode=755 tmpfs /run",
  "mkdir /run/etc /run/etc-work",
  "mount -t overlay -o lowerdir=/etc,upperdir=/run/etc,workdir=/run/etc-work overlay /etc",
  "ip link set lo up",
].join(" && ");

function works(argv: readonly string[]): boolean {
  const [command = "", ...args] = argv;
  return spawnSync(command, args, { stdio: "ignore", timeout: 10_000 }).status === 0;
}

function isolated(script: string): string[] {
  return [...ISOLATE, "sh", "-c", script, "sh"];
}

/** Whether and how `lane` runs here. Guests have their own driver, guest-lane.ts. */
export async function prepareLane(lane: Exclude<Lane, GuestLane>, repository: string): Promise<LaneState> {
  if (lane === "unit") return { prefix: ["node"] };
  if (process.getuid?.() !== 0) return { skip: "needs root" };
  if (!works([...ISOLATE, "true"])) return { skip: "needs new pid and mount namespaces (unshare failed)" };
  if (lane === "arm64") return (await prepareArm64(repository)) ?? { prefix: isolated(INIT) };
  if (lane === "host") return { prefix: isolated(INIT) };
  if (lane === "engines") {
    if (!works(isolated(ENGINES_ROOM))) return { skip: "a private /run and /etc for engines cannot be mounted here" };
    return { prefix: isolated(`${ENGINES_ROOM} && ${INIT}`) };
  }
  if (!works(isolated(V2_VIEW))) return { skip: "a private cgroup v2 view cannot be mounted here" };
  return { prefix: isolated(`${V2_VIEW} && ${INIT}`) };
}
