// SPDX-License-Identifier: Apache-2.0
/**
 * A file system that behaves like resctrl (agent/resctrl.c), for few processors have the real one. What is done there is what it
 * prints.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Test } from "tap";
import type { TestConfig } from "./config.ts";
import { container, must } from "./container.ts";
import type { Container, ContainerOptions } from "./container.ts";
import { agent, isRunt, temporary, unless, unlessFile } from "./lane.ts";
import { Background, run, waitUntil } from "./run.ts";

/** For `{ skip }`. */
export const skip = unless(isRunt, "the reference is older") || unlessFile("/dev/fuse", "no FUSE here");
/** Where it is mounted. */
export const ROOT = "/sys/fs/resctrl";

/** The lane has mounts of its own: `/sys/fs` becomes a directory in which resctrl has a place. */
function makePlace(): void {
  if (existsSync(ROOT)) return;
  const base = mkdtempSync(join(temporary, "sysfs-"));
  must(run(["mount", "-t", "tmpfs", "tmpfs", base]));
  for (const name of ["cgroup", "resctrl"]) mkdirSync(join(base, name));
  must(run(["mount", "--rbind", "/sys/fs/cgroup", join(base, "cgroup")]));
  must(run(["mount", "--move", base, "/sys/fs"]));
}
/** Mounts resctrl for one test. The groups that somebody made before are `groups`. */
export function resctrl(t: Test, groups: readonly string[] = [], room = 16): Background {
  makePlace();
  const served = new Background([agent, "resctrl", ROOT, String(room)]);
  t.teardown(() => {
    run(["umount", "-l", ROOT]);
    served.dispose();
  });
  if (!waitUntil(() => served.stdout.includes("mounted"))) throw new Error(`resctrl: ${served.stderr}`);
  for (const group of groups) mkdirSync(join(ROOT, group));
  return served;
}

/** What happened there since the groups of the test itself were made. */
export function events(served: Background, groups: readonly string[] = []): string[] {
  const lines = served.stdout.trim().split("\n");
  return lines.filter((line) => line !== "mounted" && !groups.some((group) => line === `mkdir /${group}`));
}

/** A container that sleeps, with `intelRdt` in its config. */
export function withRdt(t: Test, intelRdt?: object, options: ContainerOptions = {}): Container {
  const change = (config: TestConfig): void => {
    config.process.args = ["sleep", "100"];
    if (intelRdt !== undefined) config.linux["intelRdt"] = intelRdt;
  };
  return container(t, change, options);
}

/** A file there. */
export const text = (...path: string[]): string => readFileSync(join(ROOT, ...path), "utf8");
