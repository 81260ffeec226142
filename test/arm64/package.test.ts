// SPDX-License-Identifier: Apache-2.0
// @lanes arm64 @timeout 120 @alone
/** The package of a cross build is one for the target. */
import t from "tap";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { repository, temporary } from "../lib/lane.ts";
import { run } from "../lib/run.ts";

const EM_AARCH64 = 183;

t.test("make deb ARCH=arm64", (t) => {
  const made = run(["make", "--no-print-directory", "-C", repository, "deb", "ARCH=arm64", `PACKAGES=${temporary}`], {
    timeout: 100,
    env: { ...process.env, MAKEFLAGS: "" },
  });
  t.equal(made.code, 0, made.stderr);
  const path = made.stdout.trim().split("\n").at(-1) ?? "";
  t.match(path, /_arm64\.deb$/);
  t.equal(run(["dpkg-deb", "-f", path, "Architecture"]).stdout, "arm64\n");
  const tree = join(temporary, "tree");
  t.equal(run(["dpkg-deb", "-x", path, tree]).code, 0);
  const program = readFileSync(join(tree, "usr/sbin/runt"));
  t.equal(program.readUInt16LE(18), EM_AARCH64);
  t.ok(program.equals(readFileSync(join(repository, "build/arm64/runt"))));
  t.equal(run(["test", "-e", join(tree, "usr/share/man/man8/runt.8.gz")]).code, 0, "and man pages");
  t.end();
});
