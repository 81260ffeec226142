// SPDX-License-Identifier: Apache-2.0
/** Containers of a user who is not root. */
import { mkdirSync } from "node:fs";
import { setNamespace } from "./config.ts";
import { must } from "./container.ts";
import type { Container } from "./container.ts";
import { run } from "./run.ts";
import type { Result } from "./run.ts";

/** The container's config for a user who may map only himself. */
export function makeRootless(c: Container, user: number): void {
  setNamespace(c.config, "user");
  setNamespace(c.config, "network", null);
  c.config.linux["uidMappings"] = [{ containerID: 0, hostID: user, size: 1 }];
  c.config.linux["gidMappings"] = [{ containerID: 0, hostID: user, size: 1 }];
  Reflect.deleteProperty(c.config.linux, "cgroupsPath");
  c.config.linux.resources = {};
  c.config.mounts = c.config.mounts.filter((mount) => mount.type !== "cgroup" && mount.type !== "sysfs");
  for (const mount of c.config.mounts) mount.options = (mount.options ?? []).filter((option) => option !== "gid=5");
  c.config.mounts.push({
    destination: "/sys",
    type: "none",
    source: "/sys",
    options: ["rbind", "nosuid", "noexec", "nodev", "ro"],
  });
  mkdirSync(c.stateRoot, { mode: 0o700 });
}

/** Gives all of the container's directory to the user, and runs the runtime as that user with no environment but this. */
export function runAs(c: Container, user: number, environment: NodeJS.ProcessEnv, args: readonly string[]): Result {
  must(run(["chown", "-Rh", `${user}:${user}`, c.directory]));
  return asUser(user, environment, c.argv(...args));
}

/** Runs any program as the user. */
export function asUser(user: number, environment: NodeJS.ProcessEnv, argv: readonly string[]): Result {
  const become = ["setpriv", `--reuid=${user}`, `--regid=${user}`, "--clear-groups", "--no-new-privs", "--"];
  return run([...become, ...argv], { env: { PATH: process.env["PATH"], ...environment } });
}
