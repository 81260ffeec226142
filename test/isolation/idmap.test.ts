// SPDX-License-Identifier: Apache-2.0
// @lanes host
/** Mounts that show other owners than the disk has. */
import { chownSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { mapUsers } from "../lib/config.ts";
import { container, must } from "../lib/container.ts";
import type { Container } from "../lib/container.ts";
import { isRunt, unless } from "../lib/lane.ts";
import { run } from "../lib/run.ts";

const skip = unless(isRunt, "the reference is older");

/** A directory with files of two owners. */
function source(c: Container): string {
  const path = join(c.directory, "source");
  mkdirSync(path);
  writeFileSync(join(path, "root"), "");
  writeFileSync(join(path, "user"), "");
  chownSync(join(path, "user"), 1000, 1000);
  return path;
}

t.test("mappings of its own", { skip }, (t) => {
  const c = container(t);
  const maps = [
    { containerID: 0, hostID: 0, size: 1 },
    { containerID: 1000, hostID: 2000, size: 1 },
  ];
  const from = source(c);
  c.config.mounts.push({
    destination: "/mapped",
    type: "bind",
    source: from,
    options: ["rbind", "idmap"],
    uidMappings: maps,
    gidMappings: maps,
  });
  c.config.mounts.push({ destination: "/plain", type: "bind", source: from, options: ["rbind"] });
  const result = must(c.sh("stat -c '%u:%g' /mapped/root /mapped/user /plain/user"));
  t.equal(result.stdout, "0:0\n2000:2000\n1000:1000\n");
  t.equal(statSync(join(from, "user")).uid, 1000, "the disk is as it was");
  t.end();
});

t.test("the container's user namespace, when idmap names no mappings", { skip }, (t) => {
  const c = container(t, (config) => mapUsers(config, 100000));
  must(run(["chown", "-Rh", "100000:100000", c.bundle]));
  const from = source(c);
  c.config.mounts.push({ destination: "/mapped", type: "bind", source: from, options: ["rbind", "idmap"] });
  c.config.mounts.push({ destination: "/plain", type: "bind", source: from, options: ["rbind"] });
  const result = must(c.sh("stat -c '%u' /mapped/root /mapped/user /plain/root; touch /mapped/new && stat -c %u /mapped/new"));
  t.equal(result.stdout, "0\n1000\n65534\n0\n");
  t.equal(statSync(join(from, "new")).uid, 0, "what is made inside belongs to the disk's owner");
  t.end();
});

t.test("ridmap takes the mounts below, idmap does not", { skip }, (t) => {
  const c = container(t);
  const from = source(c);
  mkdirSync(join(from, "below"));
  must(run(["mount", "--bind", join(c.directory, "source"), join(from, "below")]));
  t.teardown(() => run(["umount", "-l", join(from, "below")]));
  const maps = [{ containerID: 1000, hostID: 3000, size: 1 }];
  for (const option of ["idmap", "ridmap"]) {
    c.config.mounts.push({
      destination: `/${option}`,
      type: "bind",
      source: from,
      options: ["rbind", option],
      uidMappings: maps,
      gidMappings: maps,
    });
  }
  const result = must(c.sh("stat -c %u /idmap/user /idmap/below/user /ridmap/user /ridmap/below/user"));
  t.equal(result.stdout, "3000\n1000\n3000\n3000\n");
  t.end();
});

t.test("a mount that cannot be mapped is refused by name", { skip }, (t) => {
  const c = container(t);
  const maps = [{ containerID: 0, hostID: 1, size: 1 }];
  c.config.mounts.push({
    destination: "/p",
    type: "proc",
    source: "proc",
    options: ["idmap"],
    uidMappings: maps,
    gidMappings: maps,
  });
  const result = c.create();
  t.equal(result.code, 1);
  t.match(result.stderr, /idmap.*bind mounts/);
  t.equal(c.status(), "none");
  t.end();
});
