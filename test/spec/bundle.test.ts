// SPDX-License-Identifier: Apache-2.0
// @lanes host
/** bundle.md, and what runtime-linux.md says of the links in /dev. */
import { mkdirSync, readlinkSync, renameSync } from "node:fs";
import { join, relative } from "node:path";
import t from "tap";
import { container, must } from "../lib/container.ts";
import { mountOn } from "../lib/kernel.ts";

t.test("config.json is looked for in the bundle's directory, under this name alone", (t) => {
  const c = container(t, (config) => (config.process.args = ["true"]));
  c.save();
  const right = join(c.bundle, "config.json");
  mkdirSync(join(c.bundle, "below"));
  let place = right;
  for (const name of ["below/config.json", "Config.json", "config.jsonc", "rootfs/config.json", "../config.json"]) {
    renameSync(place, (place = join(c.bundle, name)));
    const result = c.command(["create", "--bundle", c.bundle, c.id]);
    t.equal(result.code, 1, name);
    t.match(result.stderr, /config\.json/);
    t.equal(c.status(), "none");
  }
  renameSync(place, right);
  must(c.command(["create", "--bundle", c.bundle, c.id]));
  t.end();
});

t.test("a bundle is one directory, wherever that is and from wherever create is called", (t) => {
  const c = container(t, (config) => (config.process.args = ["sleep", "100"]));
  c.config.mounts.push({ destination: "/beside", type: "bind", source: "beside", options: ["bind"] });
  mkdirSync(join(c.bundle, "beside"));
  c.save();
  const moved = join(c.directory, "moved");
  renameSync(c.bundle, moved);
  for (const [cwd, path] of [
    ["/", moved],
    [join(moved, "rootfs/etc"), "../.."],
    [moved, "."],
    ["/proc", relative("/proc", moved)],
  ] as const) {
    must(c.command(["create", "--bundle", path, c.id], { cwd }));
    const { bundle, pid } = c.state();
    t.equal(bundle, moved, `${path} from ${cwd}`);
    t.match(mountOn(pid, "/")?.root, /\/moved\/rootfs$/, "the root is the bundle's");
    t.match(mountOn(pid, "/beside")?.root, /\/moved\/beside$/, "and so is what else is named by a relative path");
    must(c.delete("--force"));
  }
  t.end();
});

t.test("the links of /dev are made after all mounts, and without a file system of its own on /dev too", (t) => {
  const c = container(t);
  c.config.mounts = c.config.mounts.filter(({ destination }) => !destination.startsWith("/dev"));
  c.config.mounts.reverse();
  const dev = `/proc/${c.startSleeping()}/root/dev`;
  t.equal(readlinkSync(join(dev, "fd")), "/proc/self/fd");
  for (const [number, name] of ["stdin", "stdout", "stderr"].entries())
    t.equal(readlinkSync(join(dev, name)), `/proc/self/fd/${number}`);
  t.end();
});
