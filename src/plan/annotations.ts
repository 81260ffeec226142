// SPDX-License-Identifier: Apache-2.0
/** The annotations that change what runt does: extensions of runc and crun, which engines and their users know. */
import type { Config } from "../spec/types.ts";
import { quote, type Report } from "./errors.ts";

/** What each is called. `features` lists them all, so that an engine can keep them from whom it does not trust. */
export const annotationNames = {
  criuConfig: "org.criu.config",
  /** A prefix. */
  systemdProperty: "org.systemd.property.",
  delegateCgroup: "run.oci.delegate-cgroup",
  hooksStderr: "run.oci.hooks.stderr",
  hooksStdout: "run.oci.hooks.stdout",
  keepGroups: "run.oci.keep_original_groups",
  mountContextType: "run.oci.mount_context_type",
  pidfdReceiver: "run.oci.pidfd_receiver",
  seccompReceiver: "run.oci.seccomp.receiver",
  seccompFilter: "run.oci.seccomp_bpf_data",
  seccompStrict: "run.oci.seccomp_fail_unknown_syscall",
  forceCgroupV1: "run.oci.systemd.force_cgroup_v1",
  systemdSubgroup: "run.oci.systemd.subgroup",
} as const;

export type AnnotationName = Exclude<keyof typeof annotationNames, "systemdProperty">;

/** Ignored, these would run something else than was meant: they are refused. */
const unsupported: readonly (readonly [string, string])[] = [
  ["run.oci.handler", "runt runs programs of Linux, and has no handlers for virtual machines or WebAssembly"],
  ["run.oci.seccomp.plugins", "runt loads no plugins; linux.seccomp.listenerPath names an agent that answers"],
];

/** The value of an annotation; undefined when it is not there or empty. */
export function annotation(config: Config, name: AnnotationName): string | undefined {
  return config.annotations?.[annotationNames[name]] || undefined;
}

/** Whether an annotation is there with a value other than "0" and "false". */
export function isAnnotated(config: Config, name: AnnotationName): boolean {
  const value = config.annotations?.[annotationNames[name]];
  return value !== undefined && value !== "0" && value !== "false";
}

/** Where messages place an annotation. */
export function annotationPlace(name: AnnotationName): string {
  return `annotations[${quote(annotationNames[name])}]`;
}

/** The value of an annotation that names a file of the host. */
export function annotatedPath(config: Config, name: AnnotationName, report: Report): string | undefined {
  const path = annotation(config, name);
  if (path !== undefined && (!path.startsWith("/") || path.includes("\0")))
    report.refuse(annotationPlace(name), `is ${quote(path)}, and must be an absolute path`);
  return path;
}

/** Refuses what would be ignored in silence otherwise. */
export function checkAnnotations(config: Config, report: Report): void {
  if (config.annotations === undefined) return;
  for (const [name, why] of unsupported) {
    const value = config.annotations[name] ?? "";
    if (value !== "") report.refuse(`annotations[${quote(name)}]`, `is ${quote(value)}, and ${why}`);
  }
}
