// SPDX-License-Identifier: Apache-2.0
/**
 * The time from `docker run` to its exit, with runt and with runc: `docker.ts`. As root; needs Docker and runc.
 *
 * It is measured by a file of the engines lane, with a daemon of its own and both runtimes in turns; this prints what it found as
 * `bench.ts` prints the rest.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { cpus, release } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { EngineReport } from "../tools/test-runner/engines.ts";
import { markdown } from "./table.ts";
import type { Row } from "./table.ts";

const repository = dirname(dirname(fileURLToPath(import.meta.url)));
const runner = ["tools/run-tests.ts", "--lane", "engines", "--jobs", "1", "docker/time"];

const file = join(repository, "build/engines.json");

rmSync(file, { force: true }); // a run in which all is skipped writes none
spawnSync(process.execPath, [...process.execArgv, ...runner], { cwd: repository, stdio: ["ignore", 2, 2] });
const reports: EngineReport[] = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : [];
const rows: Row[] = reports.flatMap(({ engine, times }) =>
  times.map(({ what, milliseconds }) => ({ what: `${engine}: ${what}`, unit: "ms", values: milliseconds, bounds: { runc: 1 } })),
);
if (rows.length === 0) {
  process.stderr.write("nothing was measured; what is above says why\n");
  process.exitCode = 1;
} else {
  const machine = `${cpus().length} x ${cpus()[0]?.model ?? "processor"}, Linux ${release()}`;
  process.stdout.write(`${markdown({ machine, notes: ["Medians; both runtimes in turns."], rows })}\n`);
}
