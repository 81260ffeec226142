// SPDX-License-Identifier: Apache-2.0
/** The bundles that are measured: the same files for every runtime. */
import { chmodSync, copyFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestConfig } from "../test/lib/config.ts";
import { defaultConfig } from "../test/lib/config.ts";

/**
 * Writes a bundle whose process is `args`. Without device rules: a machine without CAP_SYS_RESOURCE cannot load crun's program for
 * them, and all must do the same work.
 */
export function makeBundle(directory: string, args: readonly string[], change?: (config: TestConfig) => void): string {
  const bin = join(directory, "rootfs/bin");
  mkdirSync(bin, { recursive: true });
  for (const name of ["dev", "etc", "proc", "sys", "tmp"]) mkdirSync(join(directory, "rootfs", name), { recursive: true });
  copyFileSync("/bin/busybox", join(bin, "busybox"));
  chmodSync(join(bin, "busybox"), 0o755);
  for (const name of ["true", "sleep", "sh"]) symlinkSync("busybox", join(bin, name));
  const config = defaultConfig("");
  Reflect.deleteProperty(config.linux, "cgroupsPath");
  config.linux.resources = {};
  config.process.args = [...args];
  change?.(config);
  writeFileSync(join(directory, "config.json"), JSON.stringify(config, null, 2));
  return directory;
}

/** Docker's default filter and capabilities, as Docker wrote them. */
export function likeDocker(fixture: string): (config: TestConfig) => void {
  const docker: TestConfig = JSON.parse(readFileSync(fixture, "utf8"));
  return (config) => {
    config.linux.seccomp = docker.linux.seccomp;
    if (docker.process.capabilities) config.process.capabilities = docker.process.capabilities;
  };
}
