// SPDX-License-Identifier: Apache-2.0
/** How the tables of bad values change a good config. */
import type { TestConfig } from "../../lib/config.ts";
import { controllers, unless } from "../../lib/lane.ts";

export type Change = (config: TestConfig) => void;

/** Sets members of a section. */
export function set(section: "process" | "linux" | "resources", members: Record<string, unknown>): Change {
  return (config) => void Object.assign(section === "resources" ? config.linux.resources : config[section], members);
}

/** Sets members of the config itself. */
export function top(members: Record<string, unknown>): Change {
  return (config) => void Object.assign(config, members);
}

/** Adds a mount: a tmpfs on /x but for `members`. */
export function mount(members: Record<string, unknown>): Change {
  return (config) => void config.mounts.push({ destination: "/x", type: "tmpfs", source: "x", ...members });
}

/** A filter with one rule. */
export function filter(members: Record<string, unknown>, rule: Record<string, unknown> = {}): Change {
  const syscalls = [{ names: ["mkdir"], action: "SCMP_ACT_ERRNO", ...rule }];
  return set("linux", { seccomp: { defaultAction: "SCMP_ACT_ALLOW", syscalls, ...members } });
}

/** One hook of the kind `name`. */
export function hook(name: string, path: string, ...args: string[]): Change {
  return top({ hooks: { [name]: [{ path, ...(args.length === 0 ? {} : { args }) }] } });
}

/** Whether this machine has the controller. */
export const has = (controller: string): boolean => controllers().includes(controller);

/** The reason to skip a limit that is not the only problem here. */
export const lacks = (controller: string): string | false =>
  unless(has(controller), `no ${controller} controller here, which is a problem of its own`);
