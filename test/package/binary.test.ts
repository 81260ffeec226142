// SPDX-License-Identifier: Apache-2.0
/** What the one file is: static, small, and nothing else is needed beside it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { Container } from "../lib/container.ts";
import { repository, runtime, temporary } from "../lib/lane.ts";
import { run } from "../lib/run.ts";

const PROGRAM_INTERPRETER = 3;
const PROGRAM_DYNAMIC = 2;

/** The types of the program headers of a 64-bit ELF file. */
function segmentTypes(file: Buffer): number[] {
  const offset = Number(file.readBigUInt64LE(32));
  const [size, count] = [file.readUInt16LE(54), file.readUInt16LE(56)];
  return Array.from({ length: count }, (_, index) => file.readUInt32LE(offset + index * size));
}

const binary = readFileSync(join(repository, "build/runt"));

t.test("it is at most 4 MB", (t) => {
  t.ok(binary.length <= 4_000_000, `${binary.length} bytes`);
  t.end();
});

t.test("it is static", (t) => {
  t.equal(binary.toString("latin1", 1, 4), "ELF");
  const types = segmentTypes(binary);
  t.ok(types.length > 0);
  t.notOk(types.includes(PROGRAM_INTERPRETER), "no loader is asked for");
  t.notOk(types.includes(PROGRAM_DYNAMIC), "no library is asked for");
  t.end();
});

t.test("it is the same, byte for byte, each time it is made", (t) => {
  const made = ["one", "two"].map((name) => {
    const file = join(temporary, name);
    t.equal(run([join(repository, "build/runt-blank"), join(repository, "build/gen/runt.js"), file]).code, 0);
    return readFileSync(file);
  });
  t.ok(made.every((file) => file.equals(binary)));
  t.end();
});

t.test("it runs where there is nothing but the file itself", (t) => {
  const c = new Container();
  t.teardown(() => c.dispose());
  c.save();
  const put = run(["cp", runtime, join(c.rootfs, "runt")]);
  t.equal(put.code, 0);
  for (const directory of ["bin", "usr", "etc"]) run(["rm", "-rf", join(c.rootfs, directory)]);
  const result = run(["chroot", c.rootfs, "/runt", "--version"]);
  t.equal(result.code, 0, result.stderr);
  t.match(result.stdout, /^runt version /);
  t.end();
});
