// SPDX-License-Identifier: Apache-2.0
// @lanes host
/**
 * A restore while others can change the directories of a volume: criu goes by paths, and would follow a symbolic link that they put
 * there. The volume has a mount of the host in it, or another volume is mounted in it.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import type { Test } from "tap";
import { container, must } from "../lib/container.ts";
import type { Container } from "../lib/container.ts";
import { criuWorks, fakeCriu } from "../lib/criu.ts";
import { processesWith } from "../lib/kernel.ts";
import { findProgram, isRunt, unless } from "../lib/lane.ts";
import { run, waitUntil } from "../lib/run.ts";
import type { Result } from "../lib/run.ts";

const skip = unless(isRunt, "of runt");
const skipReal = skip || unless(criuWorks, "no criu that works on this kernel");

interface Volume {
  readonly c: Container;
  /** On the host. */
  readonly volume: string;
  /** Its directory with the mount. */
  readonly sub: string;
  readonly secret: string;
}

/** A container with a volume on /vol, and on /vol/sub a directory that has the file "inside": a mount of the host, or one of the config. */
function withVolume(t: Test, of: "host" | "config"): Volume {
  const c = container(t);
  const [volume, other, secret] = ["volume", "other", "secret"].map((name) => join(c.directory, name)) as [
    string,
    string,
    string,
  ];
  const sub = join(volume, "sub");
  for (const path of [sub, other, secret]) mkdirSync(path, { recursive: true });
  writeFileSync(join(secret, "secret"), "");
  writeFileSync(join(other, "inside"), "");
  c.config.mounts.push({ destination: "/vol", type: "bind", source: volume, options: ["rbind"] });
  if (of === "config") c.config.mounts.push({ destination: "/vol/sub", type: "bind", source: other, options: ["bind"] });
  else must(run(["mount", "--bind", other, sub]));
  t.teardown(() => [sub, join(volume, "away")].forEach((path) => run(["umount", "-l", path])));
  return { c, volume, sub, secret };
}

/** What somebody does who may write to the volume. */
const swapped = ({ volume, sub, secret }: Volume): string =>
  `umount -l ${sub} 2>/dev/null; mv ${sub} ${volume}/away; ln -s ${secret} ${sub}`;

const images = ({ c }: Volume): string[] => ["--image-path", join(c.directory, "images")];
const checkpoint = (v: Volume, env?: NodeJS.ProcessEnv): Result =>
  must(v.c.command(["checkpoint", ...images(v), v.c.id], { env: env ?? process.env }));
const restore = (v: Volume, env?: NodeJS.ProcessEnv): Result =>
  v.c.command(["restore", "--detach", "--bundle", v.c.bundle, ...images(v), v.c.id], { env: env ?? process.env });

/** Ends a fake restore, after it has written what is behind the source of /vol/sub. */
const LOOK = `for arg; do case $arg in "mnt[/vol/sub]:"*) ls "\${arg#*:}" ;; esac; done`;

t.test("a mount of the host in a volume comes from where it was found, whatever is put there meanwhile", { skip }, (t) => {
  for (const meanwhile of [(): string => ":", swapped]) {
    const v = withVolume(t, "host");
    v.c.startSleeping();
    const seen = join(v.c.directory, "seen");
    const { env } = fakeCriu(v.c, `test $1 = dump && exit 0; { ${meanwhile(v)}; } </dev/null; { ${LOOK}; } > ${seen}; exit 1`);
    checkpoint(v, env);
    t.equal(restore(v, env).code, 1);
    t.equal(readFileSync(seen, "utf8"), "inside\n");
    t.equal(v.c.status(), "none");
  }
  t.end();
});

t.test("a symbolic link in a volume is not followed to a mount, and not to a mount point", { skip }, (t) => {
  for (const of of ["host", "config"] as const) {
    const v = withVolume(t, of);
    v.c.startSleeping();
    const { env, calls } = fakeCriu(v.c, "exit 0");
    checkpoint(v, env);
    must(run(["sh", "-c", swapped(v)]));
    const { code, stderr } = restore(v, env);
    t.equal(code, 1, of);
    t.match(stderr, /find "\/sub" in ".*volume".*\nhint: a symbolic link is there/, of);
    t.equal(calls().length, 1, "criu is not even called");
    t.equal(v.c.status(), "none");
  }
  t.end();
});

/** Its process is in the mount namespace of the runtime, which has nothing on /vol/sub. */
const STRAY = `test $1 = dump && exit 0
while [ $1 != --pidfile ]; do shift; done
setsid sleep 7575 </dev/null >/dev/null 2>&1 &
echo $! > $2`;

t.test("a container whose volume is not where it belongs does not run", { skip }, (t) => {
  const v = withVolume(t, "config");
  v.c.startSleeping();
  const { env, calls } = fakeCriu(v.c, STRAY);
  checkpoint(v, env);
  const { code, stderr } = restore(v, env);
  t.equal(code, 1);
  t.match(stderr, /mounted elsewhere what belongs on "\/vol\/sub"/);
  t.match(calls()[1], /--leave-stopped/, "it had not run before it was looked at");
  t.equal(v.c.status(), "none");
  t.ok(waitUntil(() => processesWith("7575").length === 0));
  t.end();
});

t.test("the same with a real criu: all is there again, or the restore fails", { skip: skipReal }, (t) => {
  for (const of of ["host", "config"] as const) {
    const v = withVolume(t, of);
    v.c.config.process.args = ["sh", "-c", "exec </dev/null >/dev/null 2>&1; while :; do sleep 0.05; done"];
    must(v.c.run(["--detach"]));
    checkpoint(v);
    must(restore(v));
    t.equal(must(v.c.exec(["ls", "/vol/sub"])).stdout, "inside\n", of);
    checkpoint(v);
    const real = findProgram("criu") ?? "";
    const { env } = fakeCriu(v.c, `{ ${swapped(v)}; } </dev/null; exec ${real} "$@"`);
    const result = restore(v, env);
    t.equal(result.code, 1, of);
    t.equal(v.c.status(), "none");
    t.notOk(existsSync(join(v.secret, "inside")));
    t.strictSame(processesWith(v.c.id), [], result.stderr);
  }
  t.end();
});
