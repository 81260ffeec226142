// SPDX-License-Identifier: Apache-2.0
// @lanes host
/** What config.json must have, and what no runtime may take. */
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import type { Test } from "tap";
import { mapUsers } from "../lib/config.ts";
import type { TestConfig } from "../lib/config.ts";
import { container } from "../lib/container.ts";
import { cgroupDirectories } from "../lib/kernel.ts";
import { isRunt, unless } from "../lib/lane.ts";

type Json = Record<string, unknown>;

/** A config with every part that has a required member; valid as a whole, though no machine could run it. */
function everything(config: TestConfig): void {
  const device = { major: 8, minor: 0 };
  const rate = (): object[] => [{ ...device, rate: 1000 }];
  config["domainname"] = "example.test";
  config.hooks = { prestart: [{ path: "/bin/true" }], createRuntime: [{ path: "/bin/true" }] };
  config.process["consoleSize"] = { height: 25, width: 80 };
  config.process.rlimits = [{ type: "RLIMIT_NOFILE", soft: 10, hard: 20 }];
  config.process["scheduler"] = { policy: "SCHED_OTHER" };
  config.process["ioPriority"] = { class: "IOPRIO_CLASS_BE", priority: 4 };
  mapUsers(config, 100000);
  config.linux.devices = [{ type: "c", path: "/dev/x", ...device }];
  config.linux["memoryPolicy"] = { mode: "MPOL_LOCAL" };
  config.linux["personality"] = { domain: "LINUX" };
  config.linux.seccomp = {
    defaultAction: "SCMP_ACT_ALLOW",
    syscalls: [{ names: ["mkdir"], action: "SCMP_ACT_ERRNO", args: [{ index: 0, value: 1, op: "SCMP_CMP_EQ" }] }],
  };
  Object.assign(config.linux.resources, {
    blockIO: {
      weightDevice: [{ ...device, weight: 100 }],
      throttleReadBpsDevice: rate(),
      throttleWriteBpsDevice: rate(),
      throttleReadIOPSDevice: rate(),
      throttleWriteIOPSDevice: rate(),
    },
    hugepageLimits: [{ pageSize: "2MB", limit: 4194304 }],
    network: { priorities: [{ name: "lo", priority: 1 }] },
    rdma: { mlx5_1: { hcaHandles: 1 } },
  });
}

/** The object that holds the last member of `path`, and that member's name; "0" is the first entry of a list. */
function owner(config: TestConfig, path: string): { object: Json; name: string } {
  const keys = path.split(".");
  const name = keys.pop() ?? "";
  let object: Json = config;
  for (const key of keys) object = object[key] as Json;
  return { object, name };
}

/** One bundle for all bad configs: nothing is ever made of them. */
const victim = container(t, everything);

/** Creates a container of `victim` with one change in its config; it must be refused, and leave nothing. */
function refused(t: Test, change: (config: TestConfig) => void, says: RegExp): void {
  const config = structuredClone(victim.config);
  change(config);
  writeFileSync(join(victim.bundle, "config.json"), JSON.stringify(config));
  const result = victim.command(["create", "--bundle", victim.bundle, victim.id]);
  t.equal(result.code, 1);
  t.match(result.stderr, says);
  t.notOk(existsSync(join(victim.stateRoot, victim.id)), "no state");
  t.strictSame(cgroupDirectories(victim.cgroupsPath), [], "no cgroup");
}

/** How runt writes a path: lists have brackets. */
const shown = (path: string): string => path.replace(/\.(\d+)/g, "[$1]");
const literal = (path: string): string => shown(path).replace(/[[\].]/g, "\\$&");

/** What is said of a required property that is not there: of itself, or of the object that should have it. */
function saysMissing(path: string): RegExp {
  const [, parent = "", name = ""] = /^(?:(.*)\.)?([^.]+)$/.exec(path) ?? [];
  return new RegExp(`${literal(path)}\\b.* (missing|needs|is empty)|${literal(parent)} lacks .*"${name}"`);
}

const required = [
  "ociVersion",
  "root",
  "root.path",
  "mounts.0.destination",
  "process.consoleSize.height",
  "process.consoleSize.width",
  "process.cwd",
  "process.args",
  "process.rlimits.0.type",
  "process.rlimits.0.soft",
  "process.rlimits.0.hard",
  "process.scheduler.policy",
  "process.ioPriority.class",
  "hooks.prestart.0.path",
  "hooks.createRuntime.0.path",
  "linux.namespaces.0.type",
  "linux.uidMappings.0.containerID",
  "linux.uidMappings.0.hostID",
  "linux.uidMappings.0.size",
  "linux.gidMappings.0.containerID",
  "linux.gidMappings.0.hostID",
  "linux.gidMappings.0.size",
  "linux.devices.0.type",
  "linux.devices.0.path",
  "linux.devices.0.major",
  "linux.devices.0.minor",
  "linux.resources.devices.0.allow",
  "linux.resources.blockIO.weightDevice.0.major",
  "linux.resources.blockIO.weightDevice.0.minor",
  "linux.resources.blockIO.throttleReadBpsDevice.0.major",
  "linux.resources.blockIO.throttleReadBpsDevice.0.minor",
  "linux.resources.blockIO.throttleReadBpsDevice.0.rate",
  "linux.resources.blockIO.throttleWriteBpsDevice.0.major",
  "linux.resources.blockIO.throttleWriteBpsDevice.0.minor",
  "linux.resources.blockIO.throttleWriteBpsDevice.0.rate",
  "linux.resources.blockIO.throttleReadIOPSDevice.0.major",
  "linux.resources.blockIO.throttleReadIOPSDevice.0.minor",
  "linux.resources.blockIO.throttleReadIOPSDevice.0.rate",
  "linux.resources.blockIO.throttleWriteIOPSDevice.0.major",
  "linux.resources.blockIO.throttleWriteIOPSDevice.0.minor",
  "linux.resources.blockIO.throttleWriteIOPSDevice.0.rate",
  "linux.resources.hugepageLimits.0.pageSize",
  "linux.resources.hugepageLimits.0.limit",
  "linux.resources.network.priorities.0.name",
  "linux.resources.network.priorities.0.priority",
  "linux.memoryPolicy.mode",
  "linux.seccomp.defaultAction",
  "linux.seccomp.syscalls.0.names",
  "linux.seccomp.syscalls.0.action",
  "linux.seccomp.syscalls.0.args.0.index",
  "linux.seccomp.syscalls.0.args.0.value",
  "linux.seccomp.syscalls.0.args.0.op",
  "linux.personality.domain",
];
for (const path of required) {
  t.test(`a config without ${path} is refused`, { skip: unless(isRunt, "the reference checks less") }, (t) => {
    const remove = (config: TestConfig): void => {
      const { object, name } = owner(config, path);
      t.ok(Reflect.has(object, name), "it was there");
      Reflect.deleteProperty(object, name);
    };
    refused(t, remove, saysMissing(path));
    t.end();
  });
}

const invalid: readonly { path: string; value: unknown; says?: RegExp }[] = [
  { path: "ociVersion", value: "1.3" },
  { path: "ociVersion", value: "1.3.0-" },
  { path: "root.path", value: "" },
  { path: "root.readonly", value: "yes" },
  { path: "hostname", value: 7 },
  { path: "mounts", value: {} },
  { path: "mounts.0.options", value: "ro" },
  { path: "process.terminal", value: 1 },
  { path: "process.cwd", value: "tmp" },
  { path: "process.args", value: [] },
  { path: "process.env", value: { A: "b" } },
  { path: "process.user.uid", value: -1 },
  { path: "process.user.umask", value: 4096 },
  { path: "process.noNewPrivileges", value: "true" },
  { path: "process.oomScoreAdj", value: 1001 },
  { path: "process.rlimits.0.type", value: "RLIMIT_NOSUCH" },
  { path: "process.rlimits.0.soft", value: -1 },
  { path: "process.scheduler.policy", value: "SCHED_NOSUCH" },
  { path: "process.scheduler.policy", value: "SCHED_ISO", says: /SCHED_ISO.*no Linux kernel/ },
  { path: "process.ioPriority.priority", value: 8 },
  { path: "process.consoleSize.width", value: "wide" },
  { path: "hooks.prestart.0.path", value: "true" },
  { path: "hooks.prestart.0.timeout", value: 0 },
  { path: "hooks.createRuntime.0.path", value: "true" },
  { path: "hooks.createRuntime.0.timeout", value: 0 },
  { path: "annotations", value: ["a"] },
  { path: "annotations", value: { key: 1 } },
  { path: "annotations", value: { "": "value" } },
  { path: "linux.namespaces.0.type", value: "nosuch" },
  { path: "linux.namespaces.0.path", value: "relative/path" },
  { path: "linux.timeOffsets", value: { realtime: { secs: 1 } } },
  { path: "linux.uidMappings.0.size", value: 0, says: /linux\.uidMappings/ },
  { path: "linux.devices.0.type", value: "z" },
  { path: "linux.devices.0.path", value: "dev/x" },
  { path: "linux.resources.devices.0.access", value: "rx" },
  { path: "linux.resources.memory", value: { limit: "1G" } },
  { path: "linux.resources.cpu", value: { cpus: "a" } },
  { path: "linux.resources.cpu", value: { quota: 10_000, burst: 10_001 }, says: /burst .*quota/ },
  { path: "linux.resources.blockIO.weightDevice", value: [{ major: 8, minor: 0 }], says: /weight.*leafWeight/ },
  { path: "linux.resources.rdma", value: { mlx5_1: {} }, says: /hcaHandles.*hcaObjects/ },
  { path: "linux.resources.hugepageLimits.0.pageSize", value: "2M" },
  { path: "linux.resources.pids", value: { limit: "max" } },
  { path: "linux.intelRdt", value: { memBwSchema: "L3:0=f" } },
  { path: "linux.memoryPolicy.mode", value: "MPOL_NOSUCH" },
  { path: "linux.seccomp.defaultAction", value: "ALLOW" },
  { path: "linux.seccomp.syscalls.0.names", value: [] },
  { path: "linux.seccomp.listenerMetadata", value: "for nobody", says: /listenerPath/ },
  { path: "linux.rootfsPropagation", value: "sideways" },
  { path: "linux.maskedPaths", value: ["proc/kcore"] },
  { path: "linux.readonlyPaths", value: ["proc/sys"] },
  { path: "linux.personality.domain", value: "LINUX64" },
  { path: "linux.personality", value: { domain: "LINUX", flags: ["ADDR_NO_RANDOMIZE"] }, says: /personality\.flags/ },
];
for (const { path, value, says } of invalid) {
  t.test(`${path} ${JSON.stringify(value)} is refused`, { skip: unless(isRunt, "the reference checks less") }, (t) => {
    const set = (config: TestConfig): void => {
      const { object, name } = owner(config, path);
      object[name] = value;
    };
    refused(t, set, says ?? new RegExp(literal(path)));
    t.end();
  });
}
