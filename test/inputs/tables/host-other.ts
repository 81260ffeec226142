// SPDX-License-Identifier: Apache-2.0
/** Values of the version, names, hooks and annotations that only this kernel or this host can refuse. */
import { hook, top } from "./changes.ts";
import type { Refusal } from "../../lib/refusal.ts";

/** A poststop hook that fails is a warning. */
const hooks = ["prestart", "createRuntime", "createContainer", "startContainer", "poststart"];

export const rows: readonly Refusal[] = [
  ...hooks.map((name): Refusal => ({
    section: `hooks.${name}`,
    what: "a program that is not there",
    change: hook(name, "/no/such/hook"),
    says: new RegExp(`${name} hook #0.*/no/such/hook.*no such file`),
    code: "hook-failed",
    hint: /of the host/,
    ...(/^start|^poststart/.test(name) ? { late: true as const } : {}),
  })),
  ...hooks.map((name): Refusal => ({
    section: `hooks.${name}`,
    what: "a program that fails",
    change: hook(name, "/bin/sh", "sh", "-c", "echo out; echo err >&2; exit 3"),
    says: new RegExp(`${name} hook #0: exit status 3, stdout: out, stderr: err`),
    code: "hook-failed",
    hint: /own output/,
    ...(/^start|^poststart/.test(name) ? { late: true as const } : {}),
  })),
  {
    section: "annotations",
    what: "a file for the output of hooks that cannot be",
    change: top({
      hooks: { createRuntime: [{ path: "/bin/true" }] },
      annotations: { "run.oci.hooks.stdout": "/no/such/directory/out" },
    }),
    says: /\/no\/such\/directory\/out.*for the output of hooks/,
    code: "hook-failed",
    hint: /run\.oci\.hooks\.stdout/,
  },
];
