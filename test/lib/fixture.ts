// SPDX-License-Identifier: Apache-2.0
/** Makes a config.json that an engine wrote for its own machine run on this one, and changes nothing else in it. */
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestConfig } from "./config.ts";
import type { Container } from "./container.ts";
import { mayRaiseLimits, repository } from "./lane.ts";

const directory = join(repository, "test/fixtures/configs");

export function fixtureNames(): string[] {
  return readdirSync(directory).map((name) => name.replace(/\.json$/, ""));
}

export function readFixture(name: string): TestConfig {
  const config: TestConfig = JSON.parse(readFileSync(join(directory, `${name}.json`), "utf8"));
  return config;
}

/** A file or directory that stands for what the engine bound in from its own directories. */
function standIn(c: Container, destination: string): string {
  const path = join(c.directory, `bound${destination.replaceAll("/", "-")}`);
  if (/^\/(data|dev\/shm)/.test(destination)) mkdirSync(path, { recursive: true });
  else writeFileSync(path, `stands for ${destination}\n`);
  return path;
}

/** Puts the fixture `name` in place of the container's config. */
export function useFixture(c: Container, name: string): TestConfig {
  const config = readFixture(name);
  for (const member of Object.keys(c.config)) Reflect.deleteProperty(c.config, member);
  Object.assign(c.config, config, { root: { ...config.root, path: "rootfs" } });
  for (const hooks of Object.values(config.hooks ?? {})) hooks.splice(0, hooks.length, { path: "/bin/true", args: ["true"] });
  for (const mount of config.mounts) {
    const source = mount.source ?? "";
    if (source.startsWith("/") && !existsSync(source)) mount.source = standIn(c, mount.destination);
  }
  for (const namespace of config.linux.namespaces) delete namespace.path;
  config.linux.cgroupsPath = c.cgroupsPath;
  config.process.terminal = false;
  for (const limit of config.process.rlimits ?? []) {
    if (limit.type === "RLIMIT_NPROC" && !mayRaiseLimits) limit.soft = limit.hard = Math.min(limit.hard, 4096);
  }
  return c.config;
}
