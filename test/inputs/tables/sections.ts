// SPDX-License-Identifier: Apache-2.0
/** The sections of config.json, and who can refuse a value of them. */
import { rows as linux } from "./spec-linux.ts";
import { rows as other } from "./spec-other.ts";
import { rows as process } from "./spec-process.ts";
import { rows as resources } from "./spec-resources.ts";
import { rows as seccomp } from "./spec-seccomp.ts";

/** The rows of all tables for the specification. */
export const rows = [...other, ...process, ...linux, ...seccomp, ...resources];

/** Sections with a value that the specification refuses. */
export const refused: ReadonlySet<string> = new Set(rows.map(({ section }) => section));

const ofProcess =
  "user cwd env args capabilities rlimits noNewPrivileges apparmorProfile selinuxLabel scheduler ioPriority execCPUAffinity consoleSize oomScoreAdj";
const ofHooks = "prestart createRuntime createContainer startContainer poststart poststop";
const ofLinux =
  "namespaces uidMappings gidMappings timeOffsets devices netDevices cgroupsPath rootfsPropagation maskedPaths readonlyPaths mountLabel personality memoryPolicy intelRdt sysctl";
const ofSeccomp = "defaultAction syscalls architectures flags listenerPath";
const ofResources = "devices memory cpu blockIO hugepageLimits network pids rdma unified";

const below = (path: string, names: string): string[] => names.split(" ").map((name) => `${path}.${name}`);

/** Every section that an engine may fill. */
export const sections: readonly string[] = [
  ..."ociVersion root mounts hostname domainname annotations".split(" "),
  ...below("process", ofProcess),
  ...below("hooks", ofHooks),
  ...below("linux", ofLinux),
  ...below("linux.seccomp", ofSeccomp),
  ...below("linux.resources", ofResources),
];

/** Sections of which every value that the specification allows can be applied, or is left out with a warning. */
export const neverByHost: Readonly<Record<string, string>> = {
  ociVersion: "engines send what they like, and runc takes it",
  "process.capabilities": "what the host does not have is left out with a warning",
  "process.noNewPrivileges": "any process may give up what it could gain",
  "process.execCPUAffinity": "is for exec alone",
  hostname: "any name that fits is taken",
  domainname: "any name that fits is taken",
  "hooks.poststop": "a hook that fails then is a warning",
  "linux.gidMappings": "as linux.uidMappings",
  "linux.rootfsPropagation": "every kernel has all of them",
  "linux.maskedPaths": "a path that is not there is left out",
  "linux.readonlyPaths": "a path that is not there is left out",
  "linux.personality": "both domains are there on every kernel",
  "linux.seccomp.defaultAction": "every kernel has all of them",
  "linux.seccomp.architectures": "the filter is made by a library that knows all of them",
  "linux.seccomp.flags": "every kernel that is supported has all of them",
  "linux.resources.devices": "every kernel has the controller",
  "linux.resources.pids": "any limit is taken",
};
