// SPDX-License-Identifier: Apache-2.0
/** Whether the terminal of a process and the options of the call fit together. */
import type { Report } from "./errors.ts";

export interface ConsoleOptions {
  /** Whether the command returns before the process ends (`create`, `--detach`); undefined: not to be checked. */
  readonly detach?: boolean | undefined;
  /** Path given with `--console-socket`. */
  readonly consoleSocket?: string | undefined;
}

/** A terminal needs someone to hold its other end, and a socket something to send. The texts are those that engines know. */
export function checkConsole(terminal: boolean, options: ConsoleOptions, report: Report): void {
  if (options.detach === undefined) return;
  const socket = options.consoleSocket ?? "";
  if (terminal && options.detach && socket === "") {
    report.refuse("process.terminal", "cannot allocate tty if runc will detach without setting console socket");
  }
  if (socket !== "" && !(terminal && options.detach)) {
    report.refuse("process.terminal", "cannot use console socket if runc will not detach or allocate tty");
  }
}
