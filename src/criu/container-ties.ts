// SPDX-License-Identifier: Apache-2.0
/** How a running container is tied to its host, read from /proc. */
import { makeDevice, readLink } from "../linux/directory.ts";
import { isErrno } from "../linux/errors.ts";
import { readFile } from "../linux/file.ts";
import { parseMountInfo } from "../linux/proc/mountinfo.ts";
import { stat, statIfAny } from "../linux/stat.ts";
import type { NamespacesPlan } from "../plan/types.ts";
import { externalMounts } from "./externals.ts";
import type { ExternalKind, SavedContainer } from "./saved.ts";

const kinds: Readonly<Record<string, ExternalKind>> = { network: "net", pid: "pid" };

/** Of the container with init `pid`; `bound` are the destinations of its bind mounts. */
export function tiesOf(pid: number, bound: readonly string[], { join }: NamespacesPlan): SavedContainer {
  return {
    mounts: externalMounts(parseMountInfo(readFile(`/proc/${pid}/mountinfo`)), bound),
    namespaces: join.flatMap(({ type }) => {
      const kind = kinds[type];
      return kind === undefined ? [] : [{ kind, inode: String(stat(`/proc/${pid}/ns/${kind}`).inode) }];
    }),
    terminal: terminalOf(pid),
  };
}

/** Those of the `places` on which the process has no mount. */
export function notMounted(pid: number, places: readonly string[]): string[] {
  const mounted = new Set(parseMountInfo(readFile(`/proc/${pid}/mountinfo`)).map(({ mountPoint }) => mountPoint));
  return places.filter((place) => !mounted.has(place));
}

/** Where 0, 1 and 2 of a process lead: a path, or `pipe:[…]`. */
export function descriptorsOf(pid: number): string[] {
  return [0, 1, 2].map((number) => {
    try {
      return readLink(`/proc/${pid}/fd/${number}`);
    } catch (error) {
      if (isErrno(error, "ENOENT")) return "/dev/null"; // closed
      throw error;
    }
  });
}

const terminalMajors = { first: 136, last: 143 }; // Documentation/admin-guide/devices.txt, UNIX98 PTY slaves

/** The name that criu has for the terminal of process `pid`: `tty[RDEV:DEV]`, both in hexadecimal. */
function terminalOf(pid: number): string | undefined {
  const file = statIfAny(`/proc/${pid}/fd/0`);
  if (file?.type !== "character" || file.rdevMajor < terminalMajors.first || file.rdevMajor > terminalMajors.last)
    return undefined;
  const device = makeDevice(file.rdevMajor, file.rdevMinor).toString(16);
  return `tty[${device}:${makeDevice(file.deviceMajor, file.deviceMinor).toString(16)}]`;
}
