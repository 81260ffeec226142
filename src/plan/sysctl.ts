// SPDX-License-Identifier: Apache-2.0
/** `linux.sysctl`: only what belongs to a namespace that the container has for itself. */
import type { Config } from "../spec/types.ts";
import { quote, type Report } from "./errors.ts";
import type { Isolations } from "./namespaces.ts";
import type { HostFacts, NamespaceType, SysctlPlan } from "./types.ts";

/** Keys of the IPC namespace, as paths (ipc_namespaces(7)). */
const ipcKeys: ReadonlySet<string> = new Set([
  "kernel/auto_msgmni",
  "kernel/msg_next_id",
  "kernel/msgmax",
  "kernel/msgmnb",
  "kernel/msgmni",
  "kernel/sem",
  "kernel/sem_next_id",
  "kernel/shm_next_id",
  "kernel/shm_rmid_forced",
  "kernel/shmall",
  "kernel/shmmax",
  "kernel/shmmni",
]);

export function planSysctl(config: Config, isolations: Isolations, facts: HostFacts, report: Report): SysctlPlan[] {
  const sysctl = config.linux?.sysctl;
  const plans: SysctlPlan[] = [];
  for (const key in sysctl) {
    const value = sysctl[key] ?? "";
    const at = `linux.sysctl[${quote(key)}]`;
    const path = sysctlPath(key);
    if (!isClean(path) || key.includes("\0")) {
      report.refuse(at, "must be the name of a sysctl, with dots or slashes between its parts");
      continue;
    }
    if (value.includes("\0")) report.refuse(at, `is ${quote(value)}, and must not contain NUL`);
    if (check(path, at, config, isolations, facts, report)) plans.push({ path, ...otherReading(key, path), key, value });
  }
  return plans;
}

function isClean(path: string): boolean {
  return path.split("/").every((part) => part !== "" && part !== "." && part !== "..");
}

/** To runc a dot is a slash, whatever came before: "net.ipv4.conf/lo/rp_filter" works there. Of the same namespace it must be. */
function otherReading(key: string, path: string): Pick<SysctlPlan, "otherPath"> {
  const otherPath = key.replaceAll(".", "/");
  if (otherPath === path || !isClean(otherPath) || namespaceOf(otherPath) !== namespaceOf(path)) return {};
  return { otherPath };
}

/** The file below /proc/sys. The first separator decides which of the two stands for "/"; the other is part of a name (sysctl(8)). */
export function sysctlPath(key: string): string {
  const slash = key.indexOf("/");
  const dot = key.indexOf(".");
  if (dot < 0 || (slash >= 0 && slash < dot)) return key;
  if (slash < 0) return key.replaceAll(".", "/");
  let path = "";
  for (const char of key) path += char === "." ? "/" : char === "/" ? "." : char;
  return path;
}

/** Whether the key may be set; tells why not. */
function check(path: string, at: string, config: Config, isolations: Isolations, facts: HostFacts, report: Report): boolean {
  const type = namespaceOf(path);
  if (type === undefined) {
    report.refuse(at, "belongs to no namespace: it would change the host", "set it on the host instead");
    return false;
  }
  const namespacePath = isolations.path(type);
  if (namespacePath === undefined) {
    report.refuse(
      at,
      `belongs to the ${type} namespace, and the container shares the host's`,
      `add {"type": "${type}"} to linux.namespaces`,
    );
    return false;
  }
  if (namespacePath !== "" && facts.isOwnNamespace(type, namespacePath)) {
    report.refuse(at, `belongs to the ${type} namespace, and ${quote(namespacePath)} is the host's`);
    return false;
  }
  return type !== "uts" || checkName(path, at, config, report);
}

function namespaceOf(path: string): NamespaceType | undefined {
  if (path.startsWith("net/")) return "network";
  if (path.startsWith("fs/mqueue/") || ipcKeys.has(path)) return "ipc";
  if (path === "kernel/hostname" || path === "kernel/domainname") return "uts";
  return undefined;
}

/** Both names have fields of their own in the config. */
function checkName(path: string, at: string, config: Config, report: Report): boolean {
  const field = path === "kernel/hostname" ? "hostname" : "domainname";
  if (field === "domainname" && (config.domainname ?? "") === "") return true;
  report.refuse(at, `conflicts with the field "${field}"`, `use "${field}" of config.json`);
  return false;
}
