// SPDX-License-Identifier: Apache-2.0
// @lanes arm64 @timeout 240
/** The program of `make ARCH=arm64` on an arm64 kernel, in qemu: guest/checks.sh looks at what that kernel says of its containers. */
import t from "tap";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { repository, temporary } from "../lib/lane.ts";
import { run } from "../lib/run.ts";
import { bundles, calls } from "./bundles.ts";

const built = join(repository, "build/arm64");
const scripts = join(repository, "test/arm64/guest");

/** A static program for 32-bit arm of three instructions: `exit(9)`. */
function arm32(): Buffer {
  const program = Buffer.alloc(96);
  const base = 0x10000;
  program.set([0x7f, 0x45, 0x4c, 0x46, 1, 1, 1]); // 32 bits, little-endian
  program.writeUInt16LE(2, 16); // executable
  program.writeUInt16LE(40, 18); // arm
  for (const [index, word] of [1, base + 84, 52, 0, 0x0500_0200].entries()) program.writeUInt32LE(word, 20 + 4 * index);
  for (const [index, half] of [52, 32, 1, 40, 0, 0].entries()) program.writeUInt16LE(half, 40 + 2 * index);
  for (const [index, word] of [1, 0, base, base, 96, 96, 5, 0x1000].entries()) program.writeUInt32LE(word, 52 + 4 * index);
  for (const [index, word] of [0xe3a00009, 0xe3a07001, 0xef000000].entries()) program.writeUInt32LE(word, 84 + 4 * index);
  return program;
}

/** The guest's files: the kernel's first root, and in /machine the one it moves to. */
function makeInitramfs(directory: string): string {
  const tree = join(directory, "tree");
  const machine = join(tree, "machine");
  for (const path of ["bin", "new", "machine/bin", "machine/bundles"]) mkdirSync(join(tree, path), { recursive: true });
  const put = (from: string, to: string): void => {
    copyFileSync(from, to);
    chmodSync(to, 0o755);
  };
  put(join(built, "guest/busybox"), join(tree, "bin/busybox"));
  put(join(scripts, "init.sh"), join(tree, "init"));
  put(join(built, "guest/busybox"), join(machine, "bin/busybox"));
  put(join(built, "guest/call"), join(machine, "bin/call"));
  put(join(built, "runt"), join(machine, "bin/runt"));
  writeFileSync(join(machine, "bin/arm32"), arm32(), { mode: 0o755 });
  put(join(scripts, "checks.sh"), join(machine, "checks.sh"));
  const lines = calls.map(({ name, number, argument = 0, errno }) => `${name}=${number},${argument},${errno}\n`);
  writeFileSync(join(machine, "calls"), lines.join(""));
  for (const [name, config] of bundles) {
    mkdirSync(join(machine, "bundles", name));
    writeFileSync(join(machine, "bundles", name, "config.json"), JSON.stringify(config));
  }
  const archive = join(directory, "initramfs");
  const packed = run(["sh", "-c", `cd "$1" && find . | busybox cpio -o -H newc >"$2"`, "sh", tree, archive]);
  if (packed.code !== 0) throw new Error(packed.stderr);
  return archive;
}

/** What the guest writes on its console until it switches itself off. */
function boot(archive: string): string {
  const machine = [
    "-machine",
    "virt",
    "-cpu",
    "cortex-a72",
    "-smp",
    "2",
    "-m",
    "512",
    "-nic",
    "none",
    "-no-reboot",
    "-nographic",
  ];
  const kernel = ["-kernel", join(built, "guest/vmlinuz"), "-initrd", archive];
  const parameters = ["-append", "console=ttyAMA0 quiet panic=-1 rdinit=/init"];
  const guest = run(["qemu-system-aarch64", ...machine, ...kernel, ...parameters], { timeout: 220 });
  return `${guest.stdout}${guest.stderr}`.replaceAll("\r", "");
}

t.test("containers on an arm64 kernel", (t) => {
  const console = boot(makeInitramfs(mkdtempSync(join(temporary, "arm64-"))));
  const lines = console.split("\n").filter((line) => /^(PASS|FAIL) /.test(line));
  for (const line of lines) t.ok(line.startsWith("PASS "), line.slice(5));
  t.ok(console.split("\n").includes("END"), `the checks get to their end; the last lines: ${console.slice(-2000)}`);
  t.end();
});
