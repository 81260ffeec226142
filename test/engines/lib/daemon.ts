// SPDX-License-Identifier: Apache-2.0
/** A daemon that a test starts for itself and ends by its pid. */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { isAlive } from "../../lib/kernel.ts";
import { pause, waitUntil } from "../../lib/run.ts";

const START_SECONDS = 30;
const STOP_SECONDS = 10;

export class Daemon {
  readonly #child: ChildProcess;
  readonly #log: string;
  readonly #name: string;

  /** Starts `argv` with its output in the file `log` and waits until `ready`; throws with its last words when that does not come. */
  constructor(argv: readonly string[], options: { log: string; ready: () => boolean; env?: NodeJS.ProcessEnv }) {
    const [command = "", ...args] = argv;
    this.#name = command;
    this.#log = options.log;
    const fd = openSync(options.log, "a");
    this.#child = spawn(command, args, { stdio: ["ignore", fd, fd], env: { ...process.env, ...options.env } });
    closeSync(fd);
    const begin = performance.now();
    while (!options.ready()) {
      const over = performance.now() - begin > START_SECONDS * 1000;
      if (over || !this.alive) {
        this.stop();
        throw new Error(
          `${this.#name} ${over ? `is not ready after ${START_SECONDS} s` : "does not start"}: ${this.lastWords()}`,
        );
      }
      pause(50);
    }
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  get alive(): boolean {
    return isAlive(this.pid);
  }

  /** The end of its log. */
  lastWords(lines = 12): string {
    return readFileSync(this.#log, "utf8").trimEnd().split("\n").slice(-lines).join("\n");
  }

  /** SIGTERM, and SIGKILL when that is not heard. */
  stop(): void {
    if (!this.alive) return;
    process.kill(this.pid, "SIGTERM");
    if (!waitUntil(() => !this.alive, STOP_SECONDS)) process.kill(this.pid, "SIGKILL");
  }
}
