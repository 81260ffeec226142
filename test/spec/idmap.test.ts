// SPDX-License-Identifier: Apache-2.0
// @lanes host
/** config.md, "Linux mount options" and "POSIX-platform Mounts": mounts with mapped ids. */
import { chownSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import type { Test } from "tap";
import { mapUsers } from "../lib/config.ts";
import type { TestMount } from "../lib/config.ts";
import { container, must } from "../lib/container.ts";
import type { Container } from "../lib/container.ts";
import { isRunt, unless } from "../lib/lane.ts";
import { run } from "../lib/run.ts";
import { readTrace } from "../lib/trace.ts";
import type { TraceEvent } from "../lib/trace.ts";

const skip = unless(isRunt, "the reference is older");
const AT_EMPTY_PATH = 0x1000;
const AT_RECURSIVE = 0x8000;
const maps = [{ containerID: 1000, hostID: 3000, size: 1 }];
const own = { uidMappings: maps, gidMappings: maps };

/** Mounts a directory on /m that has a file of user and group 1000, and a mount below with another. */
function mountTree(t: Test, c: Container, options: string[], more: Partial<TestMount> = {}): void {
  const source = join(c.directory, "source");
  const below = join(source, "below");
  mkdirSync(below, { recursive: true });
  must(run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", below]));
  t.teardown(() => run(["umount", "-l", below]));
  for (const directory of [source, below]) {
    writeFileSync(join(directory, "file"), "");
    chownSync(join(directory, "file"), 1000, 1000);
  }
  c.config.mounts.push({ destination: "/m", type: "bind", source, options: ["rbind", ...options], ...more });
}

const OWNERS = "stat -c %u:%g /m/file /m/below/file";

/** The calls that create makes with the config as it is. */
function callsOfCreate(c: Container): TraceEvent[] {
  c.save();
  const file = join(c.directory, "trace");
  must(c.command(["--trace", file, "create", "--bundle", c.bundle, c.id]));
  must(c.delete("--force"));
  return readTrace(file).filter(({ ph }) => ph === "X");
}

for (const option of ["idmap", "ridmap"]) {
  const recursive = option === "ridmap";

  t.test(`${option} maps with the mount's own mappings, by mount_setattr`, { skip }, (t) => {
    const plain = container(t);
    mountTree(t, plain, []);
    const c = container(t);
    mountTree(t, c, [option], own);
    // On the host, where the source is: all other calls of it are made by init.
    const flags = (events: readonly TraceEvent[]): number[] =>
      events
        .filter(({ name, pid }) => name === "mount_setattr" && pid === events[0]?.pid)
        .map(({ args }) => Number(args?.["arg3"]));
    const calls = callsOfCreate(c);
    t.strictSame(flags(callsOfCreate(plain)), [], "there is no such call without the option");
    t.strictSame(flags(calls), [AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0)], "and one with it, for the whole tree or not");
    const words = calls.flatMap(({ args }) => Object.values(args ?? {})).filter((value) => /idmap/.test(String(value)));
    t.strictSame(words, [], "no call is given the word");
    t.equal(must(c.sh(OWNERS)).stdout, recursive ? "3000:3000\n3000:3000\n" : "3000:3000\n1000:1000\n");
    t.end();
  });

  t.test(`${option} without mappings takes those of the container's user namespace`, { skip }, (t) => {
    const c = container(t, (config) => mapUsers(config, 100000));
    must(run(["chown", "-Rh", "100000:100000", c.bundle]));
    mountTree(t, c, [option]);
    const unmapped = "65534:65534\n";
    t.equal(must(c.sh(OWNERS)).stdout, `1000:1000\n${recursive ? "1000:1000\n" : unmapped}`);
    t.end();
  });

  t.test(`${option} without any mappings is an error`, { skip }, (t) => {
    const c = container(t);
    mountTree(t, c, [option]);
    const result = c.create();
    t.equal(result.code, 1);
    t.match(result.stderr, new RegExp(`"${option}", and neither the mount nor the container has mappings`));
    t.equal(c.status(), "none");
    t.end();
  });
}

t.test("mappings without the option count for the mount alone", { skip }, (t) => {
  const c = container(t);
  mountTree(t, c, [], own);
  t.equal(must(c.sh(OWNERS)).stdout, "3000:3000\n1000:1000\n");
  t.end();
});

for (const given of ["uidMappings", "gidMappings"]) {
  t.test(`${given} alone are refused`, { skip }, (t) => {
    const missing = given === "uidMappings" ? "gidMappings" : "uidMappings";
    for (const options of [["idmap"], []]) {
      const c = container(t);
      mountTree(t, c, options, { [given]: maps });
      const result = c.create();
      t.equal(result.code, 1);
      t.match(result.stderr, new RegExp(`${given} is given without "${missing}"`));
      t.equal(c.status(), "none");
    }
    t.end();
  });
}
