// SPDX-License-Identifier: Apache-2.0
/**
 * runt beside crun and runc: `bench.ts [--json FILE] [--runs N] [--rounds N] [--only TEXT]`. As root.
 *
 * Everything is measured in one run, in a private cgroup v2 view (crun refuses hybrid hosts), so that only ratios count.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, release, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { rows } from "./rows.ts";
import type { Bench } from "./rows.ts";
import { markdown } from "./table.ts";
import type { Report } from "./table.ts";

const repository = dirname(dirname(fileURLToPath(import.meta.url)));
const { values } = parseArgs({
  options: { json: { type: "string" }, runs: { type: "string" }, rounds: { type: "string" }, only: { type: "string" } },
});

const V2_VIEW =
  "mount -t tmpfs tmpfs /sys/fs/cgroup && umount /sys/fs/cgroup && mount -t cgroup2 cgroup2 /sys/fs/cgroup; " +
  'exec "$@" # the view is private to this process tree';

/** Enters the private view by running this program again in it; the second time there is nothing to enter. */
function enterView(): void {
  if (process.env["RUNT_BENCH_INSIDE"] !== undefined || existsSync("/sys/fs/cgroup/cgroup.controllers")) return;
  const again = ["sh", "-c", V2_VIEW, "sh", process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  const flags = ["--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "--propagation", "private"];
  const result = spawnSync("unshare", [...flags, ...again], {
    stdio: "inherit",
    env: { ...process.env, RUNT_BENCH_INSIDE: "1" },
  });
  process.exit(result.status ?? 1);
}

function find(program: string): string | undefined {
  const result = spawnSync("sh", ["-c", `PATH=$PATH:/usr/sbin:/sbin command -v ${program}`], { encoding: "utf8" });
  return result.status === 0 ? result.stdout.trim() : undefined;
}

function versionOf(path: string): string {
  return execFileSync(path, ["--version"], { encoding: "utf8" }).split("\n")[0] ?? "";
}

function refuse(why: string): never {
  console.error(why);
  process.exit(1);
}

function main(): void {
  if (process.getuid?.() !== 0) refuse("the benchmark needs root");
  const missing = ["hyperfine", "crun", "runc"].filter((name) => find(name) === undefined);
  if (missing.includes("hyperfine")) refuse(`install first, as root: apt-get install ${missing.join(" ")}`);
  enterView();
  const runtimes: Record<string, string> = { runt: join(repository, "build/runt") };
  for (const name of ["crun", "runc"]) {
    const path = find(name);
    if (path !== undefined) runtimes[name] = path;
  }
  const directory = mkdtempSync(join(tmpdir(), "runt-bench-"));
  const bench: Bench = {
    repository,
    directory,
    runtimes,
    runs: Number(values.runs ?? 40),
    rounds: Number(values.rounds ?? 7),
    log: (text) => process.stderr.write(`${text}\n`),
  };
  try {
    const report: Report = {
      machine: `${cpus().length} x ${cpus()[0]?.model ?? "processor"}, Linux ${release()}; ${Object.values(runtimes).map(versionOf).join(", ")}`,
      notes: [
        "One run on one machine; medians. Compare the ratios, not the milliseconds.",
        "No container has device rules: crun cannot load its program for them on a machine without CAP_SYS_RESOURCE.",
      ],
      rows: rows(bench, values.only ?? ""),
    };
    if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
    process.stdout.write(`${markdown(report)}\n`);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

main();
