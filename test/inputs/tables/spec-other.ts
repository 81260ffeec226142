// SPDX-License-Identifier: Apache-2.0
/** Values of root, mounts, the version, names, hooks and annotations that break the specification, or that no kernel could apply. */
import { setNamespace } from "../../lib/config.ts";
import { mount, top } from "./changes.ts";
import type { Refusal } from "../../lib/refusal.ts";

const hooks = ["prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"];

export const rows: readonly Refusal[] = [
  {
    section: "ociVersion",
    what: "no version",
    change: top({ ociVersion: "one" }),
    says: /ociVersion is "one".*a version such as/,
    code: "config-invalid",
  },
  {
    section: "hostname",
    what: "without a UTS namespace",
    change: (config) => setNamespace(config, "uts", null),
    says: /hostname.*(uts|UTS)/,
  },
  {
    section: "hostname",
    what: "longer than the kernel takes",
    change: top({ hostname: "x".repeat(65) }),
    says: /hostname is "x{60}…".*64 characters/,
    code: "config-invalid",
  },
  {
    section: "domainname",
    what: "longer than the kernel takes",
    change: top({ domainname: "x".repeat(65) }),
    says: /domainname is "x{60}…".*64 characters/,
    code: "config-invalid",
  },
  {
    section: "domainname",
    what: "a number",
    change: top({ domainname: 1 }),
    says: /domainname is 1.*a string/,
    code: "config-invalid",
  },
  ...hooks.map((name): Refusal => ({
    section: `hooks.${name}`,
    what: "a relative path",
    change: top({ hooks: { [name]: [{ path: "hook" }] } }),
    says: new RegExp(`hooks\\.${name}\\[0\\]\\.path is "hook".*an absolute path`),
    code: "config-invalid",
  })),
  {
    section: "hooks",
    what: "a timeout of nothing",
    change: top({ hooks: { createRuntime: [{ path: "/bin/true", timeout: 0 }] } }),
    says: /hooks\.createRuntime\[0\]\.timeout is 0/,
    code: "config-invalid",
  },
  {
    section: "hooks",
    what: "an environment that is none",
    change: top({ hooks: { createRuntime: [{ path: "/bin/true", env: ["ALONE"] }] } }),
    says: /hooks\.createRuntime\[0\]\.env\[0\] is "ALONE".*NAME=VALUE/,
    code: "config-invalid",
  },
  {
    section: "annotations",
    what: "a number",
    change: top({ annotations: { key: 1 } }),
    says: /annotations\.key is 1.*a string/,
    code: "config-invalid",
  },
  {
    section: "annotations",
    what: "a property of systemd with no value of it",
    change: top({ annotations: { "run.oci.hooks.stdout": "relative" } }),
    says: /annotations\["run\.oci\.hooks\.stdout"\] is "relative".*an absolute path/,
  },
  {
    section: "root",
    what: "an empty path",
    change: top({ root: { path: "" } }),
    says: /root\.path is ""/,
    code: "config-invalid",
  },
  {
    section: "root",
    what: "readonly is a word",
    change: top({ root: { path: "rootfs", readonly: "yes" } }),
    says: /root\.readonly is "yes".*true or false/,
    code: "config-invalid",
  },
  {
    section: "mounts",
    what: "no list",
    change: top({ mounts: {} }),
    says: /mounts is an object.*a list/,
    code: "config-invalid",
  },
  {
    section: "mounts",
    what: "an option that is a number",
    change: mount({ options: [7] }),
    says: /mounts\[\d+\]\.options\[0\] is 7/,
    code: "config-invalid",
  },
  {
    section: "mounts",
    what: "a bind mount without source",
    change: mount({ type: "bind", source: "", options: ["bind"] }),
    says: /mounts\[\d+\]\.source/,
  },
  {
    section: "mounts",
    what: "tmpcopyup on no tmpfs",
    change: mount({ type: "sysfs", options: ["tmpcopyup"] }),
    says: /mounts\[\d+\]\.options.*tmpcopyup/,
  },
  { section: "mounts", what: "id mappings on no bind mount", change: mount({ options: ["idmap"] }), says: /mounts\[\d+\]/ },
  {
    section: "mounts",
    what: "bind options on a new file system",
    change: mount({ options: ["src-nofollow"] }),
    says: /mounts\[\d+\]\.options/,
  },
];
