// SPDX-License-Identifier: Apache-2.0
/** Values of root and mounts that only this kernel or this host can refuse. */
import { existsSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { mount, top } from "./changes.ts";
import type { Refusal } from "../../lib/refusal.ts";

export const rows: readonly Refusal[] = [
  {
    section: "root",
    what: "no such directory",
    change: top({ root: { path: "nowhere" } }),
    says: /"[^"]*\/nowhere".*no such file/,
    code: "bundle-invalid",
    hint: /root\.path/,
  },
  {
    section: "root",
    what: "a file",
    change: top({ root: { path: "config.json" } }),
    says: /config\.json.*not a directory/i,
    code: "bundle-invalid",
    hint: /root\.path/,
  },
  {
    section: "root",
    what: "a symbolic link",
    change: (config, c) => {
      if (!existsSync(join(c.bundle, "link"))) symlinkSync("rootfs", join(c.bundle, "link"));
      config.root.path = "link";
    },
    says: /link/,
    code: "bundle-invalid",
    hint: /root\.path/,
  },
  {
    section: "mounts",
    what: "an unknown file system",
    change: mount({ type: "nosuchfs" }),
    says: /nosuchfs.*\/x/,
    code: "init-failed",
  },
  {
    section: "mounts",
    what: "an option that the file system does not have",
    change: mount({ type: "tmpfs", options: ["nosuchoption"] }),
    says: /\/x.*nosuchoption|nosuchoption.*\/x/,
    code: "init-failed",
  },
  {
    section: "mounts",
    what: "a value that the file system does not take",
    change: mount({ type: "tmpfs", options: ["size=lots"] }),
    says: /\/x.*size/,
    code: "init-failed",
  },
  {
    section: "mounts",
    what: "an overlay of nothing",
    change: mount({ type: "overlay", source: "overlay", options: ["lowerdir=/no/such/directory"] }),
    says: /"overlay" on "\/x".*lowerdir=\/no\/such\/directory leads nowhere/,
    code: "init-failed",
  },
  {
    section: "mounts",
    what: "a bind mount of nothing",
    change: mount({ type: "bind", source: "/no/such/source", options: ["bind"] }),
    says: /\/no\/such\/source/,
    code: "init-failed",
  },
  {
    section: "mounts",
    what: "a relative source that is not there",
    change: mount({ type: "bind", source: "nosuch", options: ["bind"] }),
    says: /nosuch/,
    code: "init-failed",
  },
  {
    section: "mounts",
    what: "a mount point below a file",
    change: mount({ destination: "/etc/passwd/x", type: "tmpfs" }),
    says: /\/etc\/passwd\/x/,
    code: "init-failed",
  },
  {
    section: "mounts",
    what: "a file on a directory",
    change: mount({ destination: "/etc", type: "bind", source: "/etc/hostname", options: ["bind"] }),
    says: /\/etc/,
    code: "init-failed",
  },
  {
    section: "mounts",
    what: "a directory on a file",
    change: mount({ destination: "/etc/passwd", type: "bind", source: "/etc", options: ["bind"] }),
    says: /\/etc\/passwd/,
    code: "init-failed",
  },
  {
    section: "mounts",
    what: "a block device that is none",
    change: mount({ type: "ext4", source: "/etc/hostname" }),
    says: /\/x/,
    code: "init-failed",
  },
  {
    section: "mounts",
    what: "an id-mapped mount of a file system that has none",
    change: mount({
      type: "bind",
      source: "/proc/self",
      options: ["bind", "idmap"],
      uidMappings: [{ containerID: 0, hostID: 1, size: 1 }],
      gidMappings: [{ containerID: 0, hostID: 1, size: 1 }],
    }),
    says: /\/x/,
    code: "system-call-failed",
  },
];
