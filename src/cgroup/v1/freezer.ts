// SPDX-License-Identifier: Apache-2.0
/** The freezer controller of cgroup v1. Documentation/admin-guide/cgroup-v1/freezer-subsystem.rst */
import { HintedError, isErrno } from "../../linux/errors.ts";
import { readFileIfAny, writeFile } from "../../linux/file.ts";
import { sleep } from "../../linux/time.ts";

const freezeMs = 10_000;

export class Freezer {
  readonly #path: string | undefined;

  /** `path` is the container's directory in the freezer's hierarchy. */
  constructor(path: string | undefined) {
    this.#path = path;
  }

  /** Stops every process. Throws, with all of them running again, when one cannot be stopped. */
  freeze(): void {
    try {
      this.#setState("FROZEN");
    } catch (error) {
      this.release();
      throw error;
    }
  }

  thaw(): void {
    this.#setState("THAWED");
  }

  isFrozen(): boolean {
    return this.#state()?.startsWith("F") ?? false; // FROZEN, FREEZING
  }

  /** Begins to stop all processes without waiting for it; false where there is no freezer. */
  hold(): boolean {
    return this.#write("FROZEN");
  }

  release(): void {
    this.#write("THAWED");
  }

  /** A process that forks just then can leave the freezer half way: the state is written again until it holds. */
  #setState(state: "FROZEN" | "THAWED"): void {
    for (let waited = 0; ; waited++) {
      if (!this.#write(state)) throw noFreezer(this.#path);
      if (this.#state()?.startsWith(state) === true) return;
      if (waited >= freezeMs) {
        throw new HintedError(`cgroup ${JSON.stringify(this.#path)} is not ${state} after ${freezeMs / 1000} s`, {
          hint: "a process waits in the kernel, or a cgroup above is frozen",
        });
      }
      sleep(1);
    }
  }

  #write(state: "FROZEN" | "THAWED"): boolean {
    if (this.#path === undefined) return false;
    try {
      writeFile(`${this.#path}/freezer.state`, state);
      return true;
    } catch (error) {
      if (isErrno(error, "ENOENT", "ENODEV")) return false; // removed, or never made for this user
      throw error;
    }
  }

  #state(): string | undefined {
    if (this.#path === undefined) return undefined;
    try {
      return readFileIfAny(`${this.#path}/freezer.state`);
    } catch (error) {
      if (isErrno(error, "ENODEV")) return undefined; // removed while it was read
      throw error;
    }
  }
}

function noFreezer(path: string | undefined): Error {
  const why = path === undefined ? "which is not mounted on this host" : `and ${JSON.stringify(path)} is not there`;
  return new Error(`pausing needs the freezer controller, ${why}`);
}
