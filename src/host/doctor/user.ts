// SPDX-License-Identifier: Apache-2.0
/** What the caller may do: capabilities, user namespaces, ids. */
import { readFileIfAny } from "../../linux/file.ts";
import { isExecutable } from "../../linux/stat.ts";
import { capabilityNames } from "../../linux/capability-names.ts";
import type { CapabilityState } from "../../plan/types.ts";
import { subordinateRanges } from "../subordinate-ids.ts";
import { hostUserName } from "../user.ts";
import { type Check, limited, missing, ok, type Patient } from "./check.ts";

/** Capabilities without which something of a config is refused by the kernel. */
const needs: Readonly<Record<string, string>> = {
  CAP_SYS_ADMIN: "namespaces and mounts",
  CAP_NET_ADMIN: "network devices",
  CAP_SYS_RESOURCE: "raising hard limits and lowering oomScoreAdj",
  CAP_MKNOD: "device nodes",
  CAP_SYS_CHROOT: "--no-pivot",
  CAP_SETFCAP: "mapping the host's root",
};

export function capabilities({ facts }: Patient): Check {
  if (facts.euid !== 0)
    return limited("capabilities", `none: the caller is uid ${facts.euid}`, "a user namespace gives what a container needs");
  const states = capabilityNames.map((name) => facts.capability(name));
  const count = (state: CapabilityState): number => states.filter((one) => one === state).length;
  const absent = Object.keys(needs).filter((name) => facts.capability(name) !== "held");
  if (absent.length === 0) return ok("capabilities", `${count("held")} of ${count("held") + count("known")}`);
  const lost = absent.map((name) => `${name} (${needs[name] ?? ""})`).join(", ");
  return limited(
    "capabilities",
    `without ${lost}`,
    "whoever started this shell has taken them away; a container cannot have them either",
  );
}

/** Switches of kernels and distributions, with the value that forbids. */
const switches: readonly (readonly [file: string, forbids: string, root: boolean])[] = [
  ["user/max_user_namespaces", "0", true],
  ["kernel/unprivileged_userns_clone", "0", false],
  ["kernel/apparmor_restrict_unprivileged_userns", "1", false],
];

export function userNamespaces({ facts }: Patient): Check {
  const closed = switches.filter(
    ([file, forbids, root]) => (root || facts.euid !== 0) && readFileIfAny(`/proc/sys/${file}`)?.trim() === forbids,
  );
  if (closed.length === 0) return ok("user namespaces", facts.inUserNamespace ? "runt itself runs in one" : "allowed");
  const advice = closed
    .map(
      ([file, forbids]) =>
        `sysctl -w ${file.replaceAll("/", ".")}=${file.includes("max_") ? "15000" : forbids === "0" ? "1" : "0"}`,
    )
    .join("; ");
  return missing("user namespaces", `forbidden by ${closed.map(([file]) => file.replaceAll("/", ".")).join(", ")}`, advice);
}

/** Root maps as it likes; a user needs a range of ids, and the two programs that may map it. */
export function subordinateIds({ facts }: Patient): Check {
  const name = "subordinate ids";
  if (facts.euid === 0) return ok(name, "root needs none");
  const user = hostUserName(facts.euid) ?? String(facts.euid);
  const ranges = (["uid", "gid"] as const).map((kind) => {
    const rows = subordinateRanges(kind, facts.euid);
    return { kind, text: rows.map(({ inside, count }) => `${inside}-${inside + count - 1}`).join(" ") };
  });
  const absent = ranges.filter(({ text }) => text === "");
  if (absent.length === 0) return ok(name, ranges.map(({ kind, text }) => `${kind} ${text}`).join(", "));
  return limited(
    name,
    `no ${absent.map(({ kind }) => `sub${kind}`).join(" and no ")} for ${user}: only the own id can be mapped`,
    `usermod --add-subuids 100000-165535 --add-subgids 100000-165535 ${user}`,
  );
}

const directories = ["/usr/bin", "/bin", "/usr/local/bin", "/usr/sbin", "/sbin", "/run/wrappers/bin"];

export function idHelpers({ facts }: Patient): Check {
  const absent = ["newuidmap", "newgidmap"].filter(
    (name) => !directories.some((directory) => isExecutable(`${directory}/${name}`)),
  );
  if (absent.length === 0) return ok("id helpers", "newuidmap, newgidmap");
  const advice = "install the package uidmap (Debian) or shadow-utils (Fedora)";
  if (facts.euid === 0) return ok("id helpers", `no ${absent.join(", ")}, and root needs none`);
  return missing("id helpers", `no ${absent.join(", ")}`, advice);
}
