// SPDX-License-Identifier: Apache-2.0
/** Running criu(8) to its end. */
import { HintedError } from "../linux/errors.ts";
import { CLOSE_RANGE_CLOEXEC, closeRange, duplicateTo, type Fd, pipe, setCloseOnExec } from "../linux/fd.ts";
import { O_RDWR, openFile, readBytes, readFileIfAny } from "../linux/file.ts";
import { clone, describeExit, execve, exitProcess, waitPid } from "../linux/process.ts";
import { resetSignals } from "../linux/signals.ts";
import { isExecutable } from "../linux/stat.ts";
import { errorsIn } from "./log.ts";
import type { Variables } from "../plan/types.ts";

/** Where it is installed, whatever PATH the caller has. */
const usualPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** The program. Throws when there is none. */
export function findCriu(environ: Variables): string {
  const directories = [...(environ.get("PATH") ?? "").split(":"), ...usualPath.split(":")];
  const found = directories
    .filter((directory) => directory.startsWith("/"))
    .find((directory) => isExecutable(`${directory}/criu`));
  if (found !== undefined) return `${found}/criu`;
  throw new HintedError("criu is not installed: executable file not found in $PATH", {
    hint: 'checkpoint and restore need the program criu (package criu); "runt doctor" tells whether it works here',
  });
}

export interface CriuRun {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: readonly string[];
  /** Its log, absolute, from which the reason of a failure is read. */
  readonly log: string;
  /** Descriptors beside 0, 1 and 2 that it gets, under the same numbers. */
  readonly keep?: readonly number[];
  /** Whether what it says on 1 and 2 goes nowhere: they may be those of a container's engine. */
  readonly quiet: boolean;
  /** cgroup v2 directory to be born in, and what is to be done first in the new process. */
  readonly cgroup?: Fd | undefined;
  readonly enter?: () => void;
  /** What the runtime does with its pid before it goes on. */
  readonly admit?: (pid: number) => void;
}

/** Runs it. Throws with what its log says when it fails. */
export function runCriu(run: CriuRun): void {
  const gate = pipe();
  const { pid } = clone({ cgroup: run.cgroup });
  if (pid === 0) becomeCriu(run, gate);
  gate.read.close();
  try {
    run.admit?.(pid);
  } finally {
    gate.write.close();
  }
  const status = waitPid(pid);
  if ("code" in status && status.code === 0) return;
  const errors = errorsIn(readFileIfAny(run.log) ?? "");
  const why = errors.length === 0 ? "it gives no reason" : errors.join("; ");
  throw new HintedError(`criu ${run.args[0] ?? ""}: ${describeExit(status)}: ${why}`, {
    hint: `its whole log is ${run.log}; "criu check" tells whether this kernel will do`,
  });
}

function becomeCriu({ program, args, env, keep = [], quiet, enter }: CriuRun, gate: { read: Fd; write: Fd }): never {
  try {
    gate.write.close();
    readBytes(gate.read, new Uint8Array(1)); // until the runtime closes its end
    enter?.();
    if (quiet) {
      const nothing = openFile("/dev/null", O_RDWR);
      for (const number of [0, 1, 2]) duplicateTo(nothing, number);
    }
    closeRange(3, CLOSE_RANGE_CLOEXEC);
    for (const number of keep) setCloseOnExec(number, false);
    resetSignals();
    execve(program, ["criu", ...args], env);
  } finally {
    exitProcess(127);
  }
}
