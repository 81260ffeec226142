// SPDX-License-Identifier: Apache-2.0
/** Containers whose cgroup systemd makes, and what systemd says of them. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Test } from "tap";
import type { TestConfig } from "./config.ts";
import { Container, must } from "./container.ts";
import type { ContainerOptions } from "./container.ts";
import { run } from "./run.ts";
import type { Result } from "./run.ts";

/** The slice of these tests, and its cgroup. */
export const SLICE = "runt-tests.slice";
export const SLICE_CGROUP = "/runt.slice/runt-tests.slice";

/** A container in a scope of its own: `SLICE`, "pre" and its id. */
export class ScopeContainer extends Container {
  readonly unit: string;
  /** Of the scope, below /sys/fs/cgroup. */
  readonly cgroup: string;

  constructor(options: ContainerOptions = {}) {
    super({ ...options, global: ["--systemd-cgroup", ...(options.global ?? [])] });
    this.unit = `pre-${this.id}.scope`;
    this.cgroup = `${SLICE_CGROUP}/${this.unit}`;
    this.config.linux.cgroupsPath = `${SLICE}:pre:${this.id}`;
  }

  /** A property as `systemctl show` prints it. */
  property(name: string): string {
    return property(this.unit, name);
  }

  /** The properties that `expected` names. */
  properties(expected: object): object {
    const shown = must(run(["systemctl", "show", "--property", Object.keys(expected).join(","), this.unit])).stdout;
    return Object.fromEntries(
      shown
        .trim()
        .split("\n")
        .map((line) => line.split(/=(.*)/).slice(0, 2)),
    );
  }

  /** The files of its cgroup that `expected` names. */
  files(expected: object): object {
    return Object.fromEntries(Object.keys(expected).map((name) => [name, this.file(name)]));
  }

  file(name: string): string {
    return readFileSync(join("/sys/fs/cgroup", this.cgroup, name), "utf8").trim();
  }

  /** Runs the runtime where these directories are empty, e.g. those of systemd's sockets. */
  commandWithout(directories: readonly string[], args: readonly string[]): Result {
    const hide = directories.map((directory) => `mount -t tmpfs tmpfs ${directory} && `).join("");
    return run(["unshare", "--mount", "sh", "-c", `${hide}exec "$@"`, "sh", ...this.argv(...args)]);
  }

  get hasCgroup(): boolean {
    return existsSync(join("/sys/fs/cgroup", this.cgroup));
  }
}

/** A container in a scope, deleted when `t` ends. `change` edits its config. */
export function scopeContainer(t: Test, change?: (config: TestConfig) => void, options: ContainerOptions = {}): ScopeContainer {
  const made = new ScopeContainer(options);
  t.teardown(() => made.dispose());
  change?.(made.config);
  return made;
}

/** A property of any unit as `systemctl show` prints it. */
export function property(unit: string, name: string): string {
  return must(run(["systemctl", "show", "--property", name, "--value", unit])).stdout.trim();
}

/** Whether systemd knows a unit of this name, in whatever state. */
export function isKnown(unit: string): boolean {
  return must(run(["systemctl", "list-units", "--all", "--plain", "--no-legend", unit])).stdout.includes(unit);
}
