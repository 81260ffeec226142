// SPDX-License-Identifier: Apache-2.0
/** What has to be taken back when a later step fails, newest first. */

export class UndoStack {
  #steps: { readonly what: string; readonly undo: () => void; readonly letGo?: (() => void) | undefined }[] = [];

  /**
   * Registers how to take back what was just done. `what` names it for the message about an undo that fails; `letGo` gives
   * back what only the undo would need.
   */
  push(what: string, undo: () => void, letGo?: () => void): void {
    this.#steps.push({ what, undo, letGo });
  }

  /** Registers what is to follow once everything else is taken back. */
  pushLast(what: string, undo: () => void): void {
    this.#steps.unshift({ what, undo });
  }

  /** What was done stays: success. */
  clear(): void {
    for (const { letGo } of this.#steps) letGo?.();
    this.#steps = [];
  }

  /**
   * Takes everything back. A step that fails does not keep the others from running; it is told to `report`, because the
   * error that brought us here matters more.
   */
  run(report: (what: string, error: unknown) => void): void {
    for (const { what, undo } of this.#steps.reverse()) {
      try {
        undo();
      } catch (error) {
        report(what, error);
      }
    }
    this.#steps = [];
  }
}
