// SPDX-License-Identifier: Apache-2.0
/** Clocks that differ from the host's. config-linux.md, "Offset for Time Namespace"; time_namespaces(7) */
import { within } from "../linux/errors.ts";
import { writeFile } from "../linux/file.ts";
import { CLONE_NEWTIME, unshare } from "../linux/namespace.ts";
import { withOwnProcFiles } from "../linux/process.ts";
import type { TimeOffset } from "../spec/types.ts";
import { timeOffsetsText } from "./time-offsets-text.ts";

/**
 * In the intermediate, in the host's mount namespace: makes a time namespace for the next child. The offsets can be set only
 * while nobody is in it, so this process writes them for its own children.
 */
export function newTimeNamespace(offsets: Readonly<Record<string, TimeOffset>> | undefined): void {
  within("make a time namespace", () => unshare(CLONE_NEWTIME));
  const text = timeOffsetsText(offsets ?? {});
  if (text === "") return;
  within("set the offsets of the time namespace", () => withOwnProcFiles(() => writeFile("/proc/self/timens_offsets", text)), {
    EPERM: "it needs CAP_SYS_TIME in the user namespace of the container",
    ERANGE: "an offset may not turn a clock negative nor into the far future",
  });
}
