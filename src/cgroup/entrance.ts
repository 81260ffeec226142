// SPDX-License-Identifier: Apache-2.0
/** How a new process gets into the container's cgroup. */
import { within } from "../linux/errors.ts";
import type { Fd } from "../linux/fd.ts";
import { O_DIRECTORY, O_PATH, O_WRONLY, openFile, writeAll } from "../linux/file.ts";

/**
 * Opened by the runtime before the clone, which copies it. The new process calls enter() before anything else; the runtime calls
 * admit() with its pid. One of the two does it, or the clone has.
 */
export interface Entrance {
  /** cgroup v2: the directory to clone the process into. clone3(2), CLONE_INTO_CGROUP */
  readonly target: Fd | undefined;
  /** In the new process: goes in. A second call, in its own clone, does nothing. */
  enter(): void;
  /** Whether admit() does anything, and the process has to wait for it. */
  readonly admits: boolean;
  /** In the runtime: puts the process in. */
  admit(pid: number): void;
  close(): void;
  [Symbol.dispose](): void;
}

interface Parts {
  readonly target?: Fd | undefined;
  readonly enter?: () => void;
  readonly admit?: (pid: number) => void;
  readonly close?: () => void;
}

/** An entrance of which only some parts do something. */
export function entrance({ target, enter, admit, close }: Parts): Entrance {
  const leave = (): void => {
    target?.close();
    close?.();
  };
  return {
    target,
    enter: enter ?? (() => undefined),
    admits: admit !== undefined,
    admit: admit ?? (() => undefined),
    close: leave,
    [Symbol.dispose]: leave,
  };
}

/**
 * How a process gets into a v2 cgroup: born there, or by its own first step, which takes milliseconds longer. Linux 6.15 to at least
 * 6.18 kills what is born into another cgroup than its parent's when `cgroup.kill` was once written to one of the two.
 */
export type EntranceWay = "born" | "walks";

/** Into the v2 cgroup at `path`, by the clone itself. */
export function entranceByClone(path: string): Entrance {
  return entrance({ target: openFile(path, O_PATH | O_DIRECTORY) });
}

/**
 * Into v1 cgroups, by the process itself, and into a v2 one, `unified`, by the clone. It writes 0 to `tasks`: the kernel moves a thread that names itself without waiting
 * for a grace period of RCU, which costs several milliseconds when the runtime moves a process by its pid. The files are opened
 * by the runtime, because the process may be nobody on the host by then.
 */
export function entranceByItself(paths: readonly string[], unified: string | undefined, way: EntranceWay = "born"): Entrance {
  let target: Fd | undefined;
  const doors: { readonly path: string; readonly tasks: Fd }[] = [];
  const close = (): void => {
    for (const { tasks } of doors) tasks.close();
  };
  try {
    if (unified !== undefined && way === "born") target = openFile(unified, O_PATH | O_DIRECTORY);
    else if (unified !== undefined) doors.push({ path: unified, tasks: openFile(`${unified}/cgroup.procs`, O_WRONLY) });
    for (const path of paths) doors.push({ path, tasks: openFile(`${path}/tasks`, O_WRONLY) });
  } catch (error) {
    target?.close();
    close();
    throw error;
  }
  return entrance({
    target,
    close,
    enter: () => {
      for (const { path, tasks } of doors) {
        if (!tasks.isOpen) continue;
        within(`join cgroup ${JSON.stringify(path)}`, () => {
          writeAll(tasks, "0");
        });
        tasks.close();
      }
    },
  });
}
