// SPDX-License-Identifier: Apache-2.0
/** `linux.netDevices`: interfaces of the host that move into the container. */
import type { NetDevice } from "../spec/types.ts";
import { quote, type Report } from "./errors.ts";
import type { Isolations } from "./namespaces.ts";
import type { HostFacts } from "./types.ts";

const none: Readonly<Record<string, NetDevice>> = {};

/** Refuses names the kernel would, devices for a container in the host's network, and callers who may not move a device. */
export function planNetDevices(
  devices: Readonly<Record<string, NetDevice>> | undefined,
  isolations: Isolations,
  facts: HostFacts,
  report: Report,
): Readonly<Record<string, NetDevice>> {
  const names = devices === undefined ? [] : Object.keys(devices);
  if (devices === undefined || names.length === 0) return none;
  const path = isolations.path("network");
  if (path === undefined || (path !== "" && facts.isOwnNamespace("network", path))) {
    const hint = 'add {"type": "network"} to linux.namespaces';
    report.refuse("linux.netDevices", "is given, and the container shares the host's network namespace", hint);
  }
  if (facts.euid !== 0) report.refuse("linux.netDevices", "is given, and moving a network device needs root on the host");
  const targets = new Set<string>();
  for (const name of names) {
    const at = `linux.netDevices[${quote(name)}]`;
    const problem = nameProblem(name);
    if (problem !== undefined) report.refuse(at, `is the name of a device, and ${problem}`);
    const target = devices[name]?.name || name;
    const targetProblem = target === name ? undefined : nameProblem(target);
    if (targetProblem !== undefined) report.refuse(`${at}.name`, `is ${quote(target)}, and ${targetProblem}`);
    if (targets.has(target) && !target.includes("%d"))
      report.refuse(`${at}.name`, `is ${quote(target)}, which another device is to be called`);
    targets.add(target);
  }
  return devices;
}

/** The kernel's dev_valid_name(): IFNAMSIZ is 16 with the final NUL. */
function nameProblem(name: string): string | undefined {
  if (name === "" || name === "." || name === "..") return 'must be a name, not "", "." or ".."';
  if (name.length > 15) return `must have 15 characters at most, not ${name.length}`;
  for (const char of name) {
    if (char === "/" || char === ":" || char <= " ") return 'must not contain "/", ":", spaces or control characters';
  }
  return undefined;
}
