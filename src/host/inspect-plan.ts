// SPDX-License-Identifier: Apache-2.0
/** Whether this host has what a plan counts on: files, file systems, ids, kernel features. Nothing is changed. */
import { isErrno } from "../linux/errors.ts";
import { readFile, readFileIfAny } from "../linux/file.ts";
import { parseFilesystems } from "../linux/proc/filesystems.ts";
import { parseIdMap, type IdMapRow } from "../linux/proc/id-map.ts";
import { access, lstat, statIfAny, type FileStat, X_OK } from "../linux/stat.ts";
import type { HooksPlan, HostFacts, MountPlan, NamespacesPlan, Plan } from "../plan/types.ts";
import type { IdMapping, Resources } from "../spec/types.ts";
import { isCovered, subordinateRanges } from "./subordinate-ids.ts";

/** One thing that the host lacks. */
export interface Shortcoming {
  /** Where in config.json. */
  readonly path: string;
  /** What is, and what should be. */
  readonly message: string;
  readonly hint?: string | undefined;
  /** A create may still succeed: a module is loaded on demand, a hook may make the file. */
  readonly perhaps?: boolean;
}

/** Everything that is missing, in the order of the document. */
export function inspectPlan(plan: Plan, facts: HostFacts): Shortcoming[] {
  return [
    ...inspectRoot(plan.rootfs.path),
    ...plan.rootfs.mounts.flatMap(inspectMount),
    ...inspectHooks(plan.hooks),
    ...inspectNamespaces(plan.namespaces),
    ...inspectIds(plan.namespaces, facts),
    ...inspectResctrl(plan),
    ...inspectResources(plan.cgroup.resources),
  ];
}

function inspectRoot(path: string): Shortcoming[] {
  const at = { path: "root.path" };
  const found = lstatIfAny(path);
  if (found === undefined) return [{ ...at, message: `is ${JSON.stringify(path)}, which does not exist` }];
  if (found.type === "directory") return [];
  const is = found.type === "symlink" ? "a symbolic link" : "no directory";
  return [{ ...at, message: `is ${JSON.stringify(path)}, which is ${is} and must be a directory` }];
}

function lstatIfAny(path: string): FileStat | undefined {
  try {
    return lstat(path);
  } catch (error) {
    if (isErrno(error, "ENOENT", "ENOTDIR")) return undefined;
    throw error;
  }
}

function inspectMount(mount: MountPlan): Shortcoming[] {
  if (mount.kind === "bind") {
    if (lstatIfAny(mount.source) !== undefined) return [];
    return [{ path: `mounts[${mount.index}].source`, message: `is ${JSON.stringify(mount.source)}, which does not exist` }];
  }
  if (mount.kind !== "new" || parseFilesystems(readFile("/proc/filesystems")).has(mount.type)) return [];
  return [
    {
      path: `mounts[${mount.index}].type`,
      message: `is ${JSON.stringify(mount.type)}, and the kernel has no such file system ready`,
      hint: `"modprobe ${mount.type}" loads it, if the kernel has it as a module`,
      perhaps: true,
    },
  ];
}

function inspectHooks(hooks: HooksPlan): Shortcoming[] {
  // Paths of startContainer hooks are the container's; what is in there by then nobody knows.
  const kinds = ["prestart", "createRuntime", "createContainer", "poststart", "poststop"] as const;
  return kinds.flatMap((kind) =>
    hooks[kind].flatMap(({ path }, index) => {
      const problem = executeProblem(path);
      if (problem === undefined) return [];
      return [{ path: `hooks.${kind}[${index}].path`, message: `is ${JSON.stringify(path)}, which ${problem}` }];
    }),
  );
}

function executeProblem(path: string): string | undefined {
  try {
    access(path, X_OK);
    return undefined;
  } catch (error) {
    if (isErrno(error, "ENOENT", "ENOTDIR")) return "does not exist";
    if (isErrno(error)) return `cannot be executed (${error.code})`;
    throw error;
  }
}

function inspectNamespaces({ create, join }: NamespacesPlan): Shortcoming[] {
  const missing: Shortcoming[] = join
    .filter(({ path }) => statIfAny(path) === undefined)
    .map(({ type, path }) => ({
      path: `linux.namespaces`,
      message: `has the ${type} namespace ${JSON.stringify(path)}, which does not exist`,
    }));
  for (const type of create) {
    if (statIfAny(`/proc/self/ns/${fileNames[type] ?? type}`) !== undefined) continue;
    missing.push({ path: "linux.namespaces", message: `asks for a new ${type} namespace, and the kernel has none` });
  }
  const none = create.includes("user") && readFileIfAny("/proc/sys/user/max_user_namespaces")?.trim() === "0";
  if (none) {
    missing.push({
      path: "linux.namespaces",
      message: "asks for a user namespace, and this host allows none",
      hint: "sysctl -w user.max_user_namespaces=15000",
    });
  }
  return missing;
}

const fileNames: Readonly<Record<string, string>> = { mount: "mnt", network: "net" };

/** Root may map whatever it has itself; others what /etc/subuid gives them. */
function inspectIds(namespaces: NamespacesPlan, facts: HostFacts): Shortcoming[] {
  if (!namespaces.create.includes("user")) return [];
  const own = (kind: "uid" | "gid"): readonly IdMapRow[] => {
    if (namespaces.mapWithHelpers) return subordinateRanges(kind, facts.euid);
    return parseIdMap(readFile(`/proc/self/${kind}_map`));
  };
  const ownIds = { uid: facts.euid, gid: facts.egid };
  const check = (kind: "uid" | "gid", mappings: readonly IdMapping[]): Shortcoming[] =>
    mappings.flatMap(({ hostID, size }, index) => {
      if ((size === 1 && hostID === ownIds[kind]) || isCovered(own(kind), hostID, size)) return [];
      const message = `maps the ids ${hostID} to ${hostID + size - 1} of the host, which are not the caller's to give`;
      const hint = namespaces.mapWithHelpers ? `see /etc/sub${kind}; "runt doctor" shows the ranges` : undefined;
      return [{ path: `linux.${kind}Mappings[${index}]`, message, hint }];
    });
  return [...check("uid", namespaces.uidMappings), ...check("gid", namespaces.gidMappings)];
}

/** CPUs and memory nodes that there are, and sizes of huge pages. */
function inspectResources({ cpu, hugepageLimits = [] }: Resources): Shortcoming[] {
  const beyond = (field: string, list: string | undefined, file: string): Shortcoming[] => {
    const highest = (text: string): number => Math.max(...(text.match(/\d+/g) ?? ["0"]).map(Number));
    const there = readFileIfAny(`/sys/devices/system/${file}/possible`)?.trim();
    if (list === undefined || there === undefined || highest(list) <= highest(there)) return [];
    return [{ path: `linux.resources.cpu.${field}`, message: `is ${JSON.stringify(list)}, and this host has ${there}` }];
  };
  const kilobytes = { K: 1, M: 1024, G: 1_048_576 } as const;
  const sizes = hugepageLimits.flatMap(({ pageSize }, index) => {
    const factor = Object.entries(kilobytes).find(([unit]) => pageSize.includes(unit))?.[1] ?? 1;
    if (statIfAny(`/sys/kernel/mm/hugepages/hugepages-${parseInt(pageSize) * factor}kB`) !== undefined) return [];
    const message = `is ${JSON.stringify(pageSize)}, and this host has no huge pages of that size`;
    return [{ path: `linux.resources.hugepageLimits[${index}].pageSize`, message }];
  });
  return [...beyond("cpus", cpu?.cpus, "cpu"), ...beyond("mems", cpu?.mems, "node"), ...sizes];
}

function inspectResctrl({ intelRdt }: Plan): Shortcoming[] {
  if (intelRdt === undefined || readFile("/proc/self/mounts").includes(" resctrl ")) return [];
  return [
    {
      path: "linux.intelRdt",
      message: "is given, and no resctrl file system is mounted",
      hint: "mount -t resctrl resctrl /sys/fs/resctrl",
    },
  ];
}
