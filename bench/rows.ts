// SPDX-License-Identifier: Apache-2.0
/** What is measured: a function a row of the table. */
import { execFileSync } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { likeDocker, makeBundle } from "./bundle.ts";
import { measure, median } from "./measure.ts";
import type { Row } from "./table.ts";

export interface Bench {
  readonly repository: string;
  /** Private and temporary. */
  readonly directory: string;
  /** Paths of the runtimes by name. */
  readonly runtimes: Readonly<Record<string, string>>;
  readonly runs: number;
  readonly rounds: number;
  readonly log: (text: string) => void;
}

type Commands = Record<string, string>;

/** A command line for each runtime, each with a state directory of its own. */
function each(bench: Bench, make: (runtime: string, name: string) => string): Commands {
  return Object.fromEntries(
    Object.entries(bench.runtimes).map(([name, path]) => [
      name,
      make(`${path} --root ${join(bench.directory, `state-${name}`)}`, name),
    ]),
  );
}

/** Runs a command line that is not measured, with its output thrown away: a created container holds its standard streams open. */
function quietly(command: string): void {
  const none = openSync("/dev/null", "r+");
  try {
    execFileSync("sh", ["-c", command], { stdio: [none, none, none], timeout: 30_000 });
  } finally {
    closeSync(none);
  }
}

function medians(bench: Bench, commands: Commands, prepare?: Commands): Record<string, number> {
  const timed = measure(bench.directory, { commands, rounds: bench.rounds, runs: bench.runs, ...(prepare && { prepare }) });
  return Object.fromEntries(Object.entries(timed).map(([name, value]) => [name, value.median]));
}

function runRow(bench: Bench): Row {
  const bundle = makeBundle(join(bench.directory, "true"), ["true"]);
  const commands = each(bench, (runtime, name) => `${runtime} run -b ${bundle} run-${name}`);
  return { what: "`run` of `/bin/true`", unit: "ms", values: medians(bench, commands), bounds: { crun: 0.6, runc: 0.2 } };
}

function dockerRow(bench: Bench): Row {
  const fixture = join(bench.repository, "test/fixtures/configs/docker-default.json");
  const bundle = makeBundle(join(bench.directory, "docker"), ["true"], likeDocker(fixture));
  const commands = each(bench, (runtime, name) => `${runtime} run -b ${bundle} docker-${name}`);
  return {
    what: "`run` with Docker's filter and capabilities",
    unit: "ms",
    values: medians(bench, commands),
    bounds: { crun: 0.6 },
  };
}

/** Three commands are a script: they cost one shell start more, the same for all. */
function cycleRow(bench: Bench): Row {
  const bundle = makeBundle(join(bench.directory, "cycle"), ["true"]);
  const commands = each(bench, (runtime, name) => {
    const script = join(bench.directory, `cycle-${name}.sh`);
    const id = `cycle-${name}`;
    writeFileSync(script, `${runtime} create -b ${bundle} ${id} && ${runtime} start ${id} && ${runtime} delete --force ${id}\n`);
    return `/bin/sh ${script}`;
  });
  return { what: "`create` + `start` + `delete`", unit: "ms", values: medians(bench, commands), bounds: { crun: 0.6 } };
}

/** exec, state and kill on a container that runs meanwhile. `kill` sends TERM, which a first process without a handler ignores. */
function livingRows(bench: Bench): Row[] {
  const bundle = makeBundle(join(bench.directory, "sleep"), ["sleep", "1000"]);
  const all = each(bench, (runtime) => runtime);
  for (const [name, runtime] of Object.entries(all)) quietly(`${runtime} run -d -b ${bundle} live-${name}`);
  try {
    const of = (make: (runtime: string, id: string) => string): Record<string, number> =>
      medians(
        bench,
        each(bench, (runtime, name) => make(runtime, `live-${name}`)),
      );
    return [
      {
        what: "`exec` of `/bin/true`",
        unit: "ms",
        values: of((runtime, id) => `${runtime} exec ${id} true`),
        bounds: { crun: 0.6 },
      },
      { what: "`state`", unit: "ms", values: of((runtime, id) => `${runtime} state ${id}`), bounds: { crun: 0.4 } },
      { what: "`kill`", unit: "ms", values: of((runtime, id) => `${runtime} kill ${id} TERM`), bounds: { crun: 0.4 } },
    ];
  } finally {
    for (const [name, runtime] of Object.entries(all)) quietly(`${runtime} delete --force live-${name}`);
  }
}

/** Proportional set size of the init of a created container, in KiB. */
function memoryRow(bench: Bench): Row {
  const bundle = makeBundle(join(bench.directory, "memory"), ["sleep", "1000"]);
  const values: Record<string, number> = {};
  for (const [name, runtime] of Object.entries(each(bench, (line) => line))) {
    const file = join(bench.directory, `pid-${name}`);
    const sizes = [1, 2, 3].map(() => {
      quietly(`${runtime} create -b ${bundle} --pid-file ${file} memory-${name}`);
      const rollup = readFileSync(`/proc/${readFileSync(file, "utf8").trim()}/smaps_rollup`, "utf8");
      quietly(`${runtime} delete --force memory-${name}`);
      return Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1]);
    });
    values[name] = median(sizes);
  }
  return { what: "memory of a created container", unit: "KiB", values, bounds: { crun: 1 } };
}

/** How the time of a create grows with the number of containers: the median of three series, so that a write to the disk is none. */
function growthRow(bench: Bench): Row {
  const bundle = makeBundle(join(bench.directory, "many"), ["sleep", "1000"]);
  const runtime = each(bench, (line) => line)["runt"] ?? "";
  return {
    what: "the 500th `create` against the 10th",
    unit: "x",
    values: { runt: median([1, 2, 3].map(() => growth(runtime, bundle))) },
    bounds: {},
    limit: 1.2,
  };
}

/**
 * The last creates of 500 against those around the tenth, medians of nine. A series takes seconds, in which the machine may become faster
 * or slower for reasons of its own: so the tenth is measured before and after the hill, and what counts is their mean.
 */
function growth(runtime: string, bundle: string): number {
  const count = 500;
  const create = (index: number): number => {
    const begin = performance.now();
    quietly(`${runtime} create -b ${bundle} many-${index}`);
    return performance.now() - begin;
  };
  const remove = (index: number): void => {
    quietly(`${runtime} delete --force many-${index}`);
  };
  const up = Array.from({ length: count }, (_, index) => create(index));
  for (let index = count - 1; index >= 5; index--) remove(index);
  const again = Array.from({ length: 9 }, (_, index) => create(5 + index));
  for (let index = 0; index < 14; index++) remove(index);
  return median(up.slice(-9)) / ((median(up.slice(5, 14)) + median(again)) / 2);
}

function sizeRow(bench: Bench): Row {
  const entries = Object.entries(bench.runtimes).map(([name, path]): [string, number] => [name, statSync(path).size / 1e6]);
  return { what: "size of the program", unit: "MB", values: Object.fromEntries(entries), bounds: {}, limit: 4 };
}

const ROWS: readonly { readonly name: string; readonly make: (bench: Bench) => Row | Row[] }[] = [
  { name: "run", make: runRow },
  { name: "cycle", make: cycleRow },
  { name: "living", make: livingRows },
  { name: "docker", make: dockerRow },
  { name: "memory", make: memoryRow },
  { name: "growth", make: growthRow },
  { name: "size", make: sizeRow },
];

/** Measures all rows whose name contains `only`. */
export function rows(bench: Bench, only: string): Row[] {
  mkdirSync(bench.directory, { recursive: true });
  return ROWS.filter((row) => row.name.includes(only)).flatMap((row) => {
    bench.log(`measuring: ${row.name}`);
    return row.make(bench);
  });
}
