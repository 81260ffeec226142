// SPDX-License-Identifier: Apache-2.0
/** `linux.seccomp`: what the names alone do not tell. Whether a name is known is checked where its number is. */
import type { Config, Seccomp } from "../spec/types.ts";
import { annotation, isAnnotated } from "./annotations.ts";
import { quote, type Report } from "./errors.ts";
import { readFilter } from "./seccomp-filter.ts";
import type { SeccompPlan } from "./types.ts";

/** sockaddr_un.sun_path with its final NUL. */
const maxSocketPath = 107;

const notify = "SCMP_ACT_NOTIFY";

/** Actions that return a number of the config's choice to the caller or its tracer. */
const errnoActions: ReadonlySet<string> = new Set(["SCMP_ACT_ERRNO", "SCMP_ACT_TRACE"]);

/** `receiver` is what the environment names as the listener, for a config that names none. */
export function planSeccomp(config: Config, report: Report, receiver = ""): SeccompPlan | undefined {
  const seccomp = config.linux?.seccomp;
  const filter = annotation(config, "seccompFilter");
  if (filter !== undefined) return { defaultAction: "SCMP_ACT_ALLOW", flags: seccomp?.flags, filter: readFilter(filter, report) };
  if (seccomp === undefined) return undefined;
  const notifies = checkActions(seccomp, report);
  // An annotation of crun's, older than the field; and the environment, which counts for what it is needed for.
  const listenerPath = seccomp.listenerPath || annotation(config, "seccompReceiver") || (notifies ? receiver : "");
  checkListener(seccomp, listenerPath, notifies, report);
  if (
    (seccomp.flags as readonly string[] | undefined)?.includes("SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV") === true &&
    !notifies
  ) {
    report.refuse("linux.seccomp.flags", `has "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV", and no syscall has the action ${notify}`);
  }
  const strict = isAnnotated(config, "seccompStrict");
  if (!strict && listenerPath === (seccomp.listenerPath ?? "")) return seccomp;
  return { ...seccomp, listenerPath, strict };
}

/** Whether any rule notifies. */
function checkActions(seccomp: Seccomp, report: Report): boolean {
  const at = "linux.seccomp";
  if (seccomp.defaultAction === notify) {
    report.refuse(`${at}.defaultAction`, `is "${notify}", and the listener could never be told of the first syscall`);
  }
  checkErrno(seccomp.defaultAction, seccomp.defaultErrnoRet, `${at}.defaultErrnoRet`, report);
  const rules = seccomp.syscalls ?? [];
  let notifies = false;
  for (let index = 0; index < rules.length; index++) {
    const rule = rules[index];
    if (rule === undefined) continue;
    if (rule.names.length === 0) report.refuse(`${at}.syscalls[${index}].names`, "is empty, and must have one name or more");
    checkErrno(rule.action, rule.errnoRet, `${at}.syscalls[${index}].errnoRet`, report);
    if (rule.action !== notify) continue;
    notifies = true;
    // The listener's descriptor is handed over with a write after the filter is loaded: it would wait for its own answer.
    if (rule.names.includes("write"))
      report.refuse(
        `${at}.syscalls[${index}].action`,
        `is "${notify}" for write, which would stop the container before it starts`,
      );
  }
  return notifies;
}

function checkErrno(action: string, errno: number | undefined, at: string, report: Report): void {
  if (errno === undefined) return;
  if (!errnoActions.has(action))
    report.refuse(at, `is ${errno}, and ${action} returns no errno; only SCMP_ACT_ERRNO and SCMP_ACT_TRACE do`);
  else if (!Number.isInteger(errno) || errno < 0 || errno > 0xffff) report.refuse(at, `is ${errno}, and must be 0 to 65535`);
}

function checkListener(seccomp: Seccomp, path: string, notifies: boolean, report: Report): void {
  const at = "linux.seccomp";
  if (path === "") {
    if ((seccomp.listenerMetadata ?? "") !== "") report.refuse(`${at}.listenerMetadata`, "is given without listenerPath");
    if (notifies) report.refuse(`${at}.listenerPath`, `is missing, and the action ${notify} needs a listener`);
    return;
  }
  if (!notifies) return; // then the path is ignored: config-linux.md, "Seccomp"
  if (!path.startsWith("/") || path.includes("\0"))
    report.refuse(`${at}.listenerPath`, `is ${quote(path)}, and must be an absolute path`);
  else if (path.length > maxSocketPath) {
    report.refuse(`${at}.listenerPath`, `has ${path.length} characters, and a socket's path may have ${maxSocketPath}`);
  }
}
