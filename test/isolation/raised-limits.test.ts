// SPDX-License-Identifier: Apache-2.0
// @lanes vm
/** What takes CAP_SYS_RESOURCE, which some machines lack: limits above the runtime's own, a lower oom_score_adj, and the capability. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { mapUsers } from "../lib/config.ts";
import { container, must } from "../lib/container.ts";
import { capabilityNumbers, limits, statusField } from "../lib/kernel.ts";
import { mayRaiseLimits, unless } from "../lib/lane.ts";
import { run } from "../lib/run.ts";

const skip = unless(mayRaiseLimits, "no CAP_SYS_RESOURCE here");
/** Runs the runtime with hard limits that are lower than those of the config. */
const limited = (argv: readonly string[]): string[] => ["sh", "-c", 'ulimit -n 256; ulimit -l 64; exec "$@"', "sh", ...argv];
const RLIMITS = [
  { type: "RLIMIT_NOFILE", soft: 1024, hard: 4096 },
  { type: "RLIMIT_NPROC", soft: 2000, hard: 3000 },
  { type: "RLIMIT_MEMLOCK", soft: 1 << 20, hard: 1 << 30 },
];

for (const user of ["root", "another user", "root of a user namespace"]) {
  t.test(`limits above those of the runtime, for ${user}, and for what it execs`, { skip }, (t) => {
    const c = container(t, (config) => {
      config.process.rlimits = RLIMITS;
      config.process.args = ["sleep", "100"];
      if (user === "another user") config.process.user = { uid: 1000, gid: 1000 };
      if (user === "root of a user namespace") mapUsers(config, 100_000);
    });
    c.save();
    must(run(limited(c.argv("run", "--detach", "--bundle", c.bundle, c.id))));
    const { pid } = c.state();
    t.strictSame(limits(pid, "open files"), ["1024", "4096"]);
    t.strictSame(limits(pid, "processes"), ["2000", "3000"]);
    t.strictSame(limits(pid, "locked memory"), [String(1 << 20), String(1 << 30)]);
    t.equal(must(run(limited(c.argv("exec", c.id, "sh", "-c", "ulimit -n; ulimit -Hn")))).stdout, "1024\n4096\n");
    t.end();
  });
}

t.test("a hard limit beyond what the kernel has is an error", { skip }, (t) => {
  const most = Number(readFileSync("/proc/sys/fs/nr_open", "utf8"));
  const c = container(t, (config) => (config.process.rlimits = [{ type: "RLIMIT_NOFILE", soft: 10, hard: most + 1 }]));
  const result = c.create();
  t.equal(result.code, 1);
  t.match(result.stderr, /RLIMIT_NOFILE/);
  t.equal(c.status(), "none");
  t.end();
});

t.test("oom_score_adj lower than the runtime's, of the container and of an exec", { skip }, (t) => {
  const c = container(t, (config) => (config.process["oomScoreAdj"] = -500));
  t.equal(readFileSync(`/proc/${c.startSleeping()}/oom_score_adj`, "utf8"), "-500\n");
  const process = { ...c.config.process, args: ["cat", "/proc/self/oom_score_adj"], oomScoreAdj: -700 };
  writeFileSync(join(c.directory, "process.json"), JSON.stringify(process));
  t.equal(must(c.command(["exec", "--process", join(c.directory, "process.json"), c.id])).stdout, "-700\n");
  t.end();
});

t.test("the capability itself, which lets the program raise its own limits", { skip }, (t) => {
  const c = container(t, (config) => {
    const names = ["CAP_KILL", "CAP_SYS_RESOURCE"];
    config.process.capabilities = { bounding: names, permitted: names, effective: names };
    config.process.rlimits = [{ type: "RLIMIT_NOFILE", soft: 100, hard: 100 }];
  });
  t.strictSame(capabilityNumbers(statusField(c.startSleeping(), "CapEff")), [5, 24]);
  t.equal(must(c.exec(["sh", "-c", "ulimit -n 500; ulimit -n"])).stdout, "500\n");
  t.equal(c.exec(["sh", "-c", "ulimit -n 500"], ["--user", "1000"]).code, 1, "and nobody else");
  t.end();
});
