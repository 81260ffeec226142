// SPDX-License-Identifier: Apache-2.0
/** Files that the output of hooks is appended to. */
import { within } from "../linux/errors.ts";
import type { Fd } from "../linux/fd.ts";
import { O_APPEND, O_CREAT, O_WRONLY, openFile } from "../linux/file.ts";
import type { HookOutputsPlan } from "../plan/types.ts";

/** The open files; one that is not there leaves the output to be captured. */
export class HookOutputs {
  readonly stdout: Fd | undefined;
  readonly stderr: Fd | undefined;

  /** Opens or makes the files. Throws when one cannot be written. */
  constructor(plan: HookOutputsPlan | undefined) {
    this.stdout = open(plan?.stdout);
    this.stderr = plan?.stderr === plan?.stdout ? this.stdout : open(plan?.stderr);
  }

  close(): void {
    this.stdout?.close();
    this.stderr?.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

function open(path: string | undefined): Fd | undefined {
  if (path === undefined) return undefined;
  const hint = "the annotations run.oci.hooks.stdout and run.oci.hooks.stderr name a file in a directory that must be there";
  return within(
    `open ${JSON.stringify(path)} for the output of hooks`,
    () => openFile(path, O_WRONLY | O_CREAT | O_APPEND, 0o600),
    { ENOENT: hint, ENOTDIR: hint },
  );
}
