// SPDX-License-Identifier: Apache-2.0
/** Security modules, and the programs that some commands need. */
import { readFileIfAny } from "../../linux/file.ts";
import { isExecutable } from "../../linux/stat.ts";
import { describe } from "../../linux/errors.ts";
import { spawn } from "../../linux/spawn.ts";
import { type Check, limited, ok, type Patient } from "./check.ts";

export function apparmor({ facts }: Patient): Check {
  if (facts.apparmor) return ok("apparmor", "on");
  return limited(
    "apparmor",
    "off",
    'a config with apparmorProfile is refused; "apparmor=1 security=apparmor" on the kernel\'s command line',
  );
}

export function selinux({ facts }: Patient): Check {
  if (!facts.selinux) return limited("selinux", "off", "a config with selinuxLabel or mountLabel is refused");
  return ok("selinux", readFileIfAny("/sys/fs/selinux/enforce")?.trim() === "1" ? "enforcing" : "permissive");
}

const checkMs = 10_000;

/** Whether criu is there, and what it says of this kernel. criu(8) */
export function criu({ environ, facts }: Patient): Check {
  const path = environ.get("PATH") ?? "/usr/sbin:/usr/bin:/sbin:/bin";
  const program = [...path.split(":"), "/usr/sbin", "/usr/local/sbin"].map((directory) => `${directory}/criu`).find(isExecutable);
  const useless = "checkpoint and restore cannot be used";
  if (program === undefined) return limited("criu", "not installed", `${useless}: install criu`);
  if (facts.euid !== 0) return limited("criu", program, `${useless} without root`);
  try {
    const result = spawn(program, { args: ["criu", "check"], env: [`PATH=${path}`], timeout: checkMs });
    if ("code" in result.status && result.status.code === 0) return ok("criu", program);
    const last = `${result.stdout}${result.stderr}`.trim().split("\n").at(-1) ?? "";
    return limited("criu", `${program} fails its own check: ${last}`, `${useless}: install a newer criu`);
  } catch (error) {
    return limited("criu", describe(error), useless);
  }
}
