// SPDX-License-Identifier: Apache-2.0
// @lanes host v2
/** config-linux.md, "Default Filesystems": who begins with the config of `spec` has them, and who names them gets them. */
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import type { TestConfig } from "../lib/config.ts";
import { container, must } from "../lib/container.ts";
import { mountOn } from "../lib/kernel.ts";
import { isRunt, unless } from "../lib/lane.ts";

const DEFAULTS = [
  ["/proc", "proc"],
  ["/sys", "sysfs"],
  ["/dev/pts", "devpts"],
  ["/dev/shm", "tmpfs"],
] as const;

t.test("with the config of `spec` the default file systems are there", (t) => {
  const c = container(t);
  must(c.command(["spec", "--bundle", c.bundle]));
  const written: TestConfig = JSON.parse(readFileSync(join(c.bundle, "config.json"), "utf8"));
  rmSync(join(c.bundle, "config.json"));
  Object.assign(written.process, { terminal: false, rlimits: [] });
  Object.assign(c.config, written, { linux: { ...written.linux, cgroupsPath: c.cgroupsPath } });
  const pid = c.startSleeping();
  for (const [path, type] of DEFAULTS) t.equal(mountOn(pid, path)?.type, type, path);
  const works =
    "cat /proc/self/comm; test -d /sys/kernel && echo sys; test -c /dev/pts/ptmx && echo pts; echo shm > /dev/shm/x && cat /dev/shm/x";
  t.equal(must(c.exec(["sh", "-c", works])).stdout, "cat\nsys\npts\nshm\n", "and work");
  t.end();
});

t.test("the mounts are those of the config: one without file systems gets none", { skip: unless(isRunt, "of runt") }, (t) => {
  const c = container(t, (config) => {
    config.mounts = [];
    config.linux.maskedPaths = config.linux.readonlyPaths = [];
  });
  const pid = c.startSleeping();
  for (const [path] of DEFAULTS) t.equal(mountOn(pid, path), undefined, path);
  t.end();
});
