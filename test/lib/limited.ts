// SPDX-License-Identifier: Apache-2.0
/** A container with limits, for `update`. */
import type { Test } from "tap";
import { container } from "./container.ts";
import type { Container } from "./container.ts";
import { controllers, isRunt, unless } from "./lane.ts";

/** The controllers that a container has here. */
export const here = controllers();

/** Why there is nothing to be seen of `update` here. */
export const skip =
  unless(isRunt, "of runt") ||
  unless(
    ["cpu", "memory", "pids"].every((name) => here.includes(name)),
    "no controllers",
  );

export const MIB = 1 << 20;

const START = {
  memory: { limit: 64 * MIB, reservation: 32 * MIB },
  cpu: { shares: 512, quota: 20000, period: 50000 },
  pids: { limit: 30 },
};

/** A container that runs, with limits to begin with. */
export function running(t: Test): { c: Container; pid: number } {
  const c = container(t, (config) => Object.assign(config.linux.resources, structuredClone(START)));
  return { c, pid: c.startSleeping() };
}
