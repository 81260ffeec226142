// SPDX-License-Identifier: Apache-2.0
/**
 * Imported before all else, gives its file a view of the machine with cgroup v2 alone. The mounts are the file's own, in its mount
 * namespace; the controllers that version 1 has taken are missing.
 */
import { execFileSync } from "node:child_process";

const SCRIPT = `
test -e /sys/fs/cgroup/cgroup.controllers && exit
mount -t tmpfs tmpfs /sys/fs/cgroup && umount /sys/fs/cgroup && mount -t cgroup2 cgroup2 /sys/fs/cgroup
`;

execFileSync("sh", ["-c", SCRIPT], { stdio: "ignore", timeout: 10_000 });
