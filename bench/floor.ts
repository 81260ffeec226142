// SPDX-License-Identifier: Apache-2.0
/**
 * The smallest `memory.max` under which each runtime runs static `true`: `floor.ts`. As root; in a user-mode-linux guest, whose
 * kernel has the memory controller of cgroup v2.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { bootOnHost, findGuestKernel, quote } from "../tools/test-runner/guest.ts";
import { makeBundle } from "./bundle.ts";

const repository = dirname(dirname(fileURLToPath(import.meta.url)));
/** Where the search begins and how fine it is, in KiB. */
const LARGEST = 8192;
const STEP = 64;
/** A limit counts when this many runs in a row succeed under it. */
const TIMES = 3;

/** For each runtime: halve the interval between a limit that fails and one that works, down to a step; print "name KiB". */
function script(bundle: string, out: string, runtimes: Record<string, string>): string {
  const list = Object.entries(runtimes).map(([name, path]) => `search ${name} ${quote(path)}`);
  return [
    `cp -r ${quote(bundle)} /run/bundle; cd /run/bundle; cp config.json config.in`,
    "works() {",
    `  sed "s/1073741824/$(($3 * 1024))/" config.in > config.json`,
    `  for i in $(seq ${TIMES}); do`,
    `    timeout -s KILL 20 "$2" --root /run/state-$1 run -b /run/bundle floor-$1-$3-$i >/dev/null 2>&1 </dev/null && continue`,
    `    "$2" --root /run/state-$1 delete --force floor-$1-$3-$i >/dev/null 2>&1; return 1`,
    "  done",
    "}",
    "search() {",
    `  low=0; high=${LARGEST}`,
    `  while [ $((high - low)) -gt ${STEP} ]; do`,
    "    middle=$(((low + high) / 2))",
    '    if works "$1" "$2" $middle; then high=$middle; else low=$middle; fi',
    "  done",
    `  echo "$1 $high" >>${quote(out)}`,
    "}",
    ...list,
  ].join("\n");
}

async function main(): Promise<void> {
  const kernel = findGuestKernel();
  if (kernel === undefined) throw new Error("needs user-mode-linux (apt-get install user-mode-linux)");
  const directory = mkdtempSync(join(repository, "build", "floor-"));
  try {
    const bundle = makeBundle(join(directory, "bundle"), ["true"], (config) => {
      config.linux.resources.memory = { limit: 1 << 30 };
    });
    const out = join(directory, "out");
    const runtimes = { runt: join(repository, "build/runt"), crun: "/usr/bin/crun", runc: "/usr/sbin/runc" };
    await bootOnHost({ kernel, init: join(directory, "init"), script: script(bundle, out, runtimes), limit: 600 });
    const found = Object.fromEntries(
      readFileSync(out, "utf8")
        .trim()
        .split("\n")
        .map((line): [string, number] => [line.split(" ")[0] ?? "", Number(line.split(" ")[1])]),
    );
    for (const [name, limit] of Object.entries(found))
      console.log(`${name}: ${limit >= LARGEST ? "more than " : ""}${limit} KiB`);
    const { runt = Number.NaN, crun = Number.NaN } = found;
    console.log(`runt - crun: ${runt - crun} KiB, must be at most 512: ${runt - crun <= 512 ? "yes" : "no"}`);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

await main();
