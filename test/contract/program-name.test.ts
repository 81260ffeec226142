// SPDX-License-Identifier: Apache-2.0
// @lanes host
/** The name that runt is called by: engines and people have it under that of another runtime. */
import { copyFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { container, must } from "../lib/container.ts";
import { isRunt, runtime, unless } from "../lib/lane.ts";
import { run } from "../lib/run.ts";

const ours = { skip: unless(isRunt, "of runt") };

t.test("a link of any name does what runt does, and says that it is runt", ours, (t) => {
  const version = must(run([runtime, "--version"])).stdout;
  t.match(version, /^runt version \d/);
  for (const name of ["runc", "crun", "youki", "docker-runc", "runtime"]) {
    const c = container(t);
    const path = join(c.directory, name);
    if (name === "runtime") copyFileSync(runtime, path);
    else symlinkSync(runtime, path);
    t.equal(must(run([path, "--version"])).stdout, version, name);
    t.equal(must(run([path, "features"])).stdout, must(run([runtime, "features"])).stdout);
    c.config.process.args = ["echo", name];
    c.save();
    const argv = [path, "--root", c.stateRoot, "run", "--bundle", c.bundle, c.id];
    t.match(run(argv), { code: 0, stdout: `${name}\n`, stderr: "" });
    t.equal(must(run([name, ...argv.slice(1)], { env: { PATH: c.directory } })).stdout, `${name}\n`, "found by PATH");
    t.match(run([path, "state", "missing"]).stderr, /^container "missing": container does not exist\n/);
  }
  t.end();
});

t.test("a name that asks crun for a handler runs nothing in its place", ours, (t) => {
  for (const name of ["krun", "crun-wasm"]) {
    const c = container(t);
    const path = join(c.directory, name);
    symlinkSync(runtime, path);
    c.save();
    for (const command of ["create", "run"]) {
      const result = run([path, "--root", c.stateRoot, command, "--bundle", c.bundle, c.id]);
      t.match(result, { code: 1, stdout: "", stderr: new RegExp(`called as "${name}", which asks for a handler`) }, command);
      t.equal(c.status(), "none");
    }
    t.equal(run([path, "--version"]).code, 0);
    t.equal(run([path, "--root", c.stateRoot, "delete", "--force", c.id]).code, 0, "cleaning up is as ever");
  }
  t.end();
});
