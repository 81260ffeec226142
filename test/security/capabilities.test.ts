// SPDX-License-Identifier: Apache-2.0
// @lanes host
/** CVE-2022-29162 and its like: inheritable and ambient capabilities that nobody asked for. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import type { TestProcess } from "../lib/config.ts";
import { container, must } from "../lib/container.ts";
import type { Container } from "../lib/container.ts";
import { capabilityNumbers, statusField } from "../lib/kernel.ts";
import { waitUntil } from "../lib/run.ts";

type Sets = NonNullable<TestProcess["capabilities"]>;
type Numbers = Record<"CapInh" | "CapPrm" | "CapEff" | "CapBnd" | "CapAmb", number[]>;

const CHOWN = 0;
const KILL = 5;
const SYS_CHROOT = 18;
const NONE: Numbers = { CapInh: [], CapPrm: [], CapEff: [], CapBnd: [], CapAmb: [] };

function setsOf(pid: number): Numbers {
  const read = (name: string): number[] => capabilityNumbers(statusField(pid, name));
  return {
    CapInh: read("CapInh"),
    CapPrm: read("CapPrm"),
    CapEff: read("CapEff"),
    CapBnd: read("CapBnd"),
    CapAmb: read("CapAmb"),
  };
}

function execSets(c: Container, flags: readonly string[], user?: string): Numbers {
  const file = join(c.directory, "pid");
  must(c.exec(["sleep", "50"], ["--detach", "--pid-file", file, ...(user === undefined ? [] : ["--user", user]), ...flags]));
  const pid = Number(readFileSync(file, "utf8"));
  waitUntil(() => readFileSync(`/proc/${pid}/cmdline`, "utf8").startsWith("sleep"));
  const sets = setsOf(pid);
  process.kill(pid, "SIGKILL");
  return sets;
}

const bounding = ["CAP_CHOWN", "CAP_KILL"];
const permitted = ["CAP_KILL"];

/** Sets of a config, and what programs of root and of a user have of them: as init, as exec, as exec with `--cap CAP_SYS_CHROOT`. */
const CASES: readonly { name: string; sets: Sets; root: Numbers; rootMore: Numbers; user: Numbers; userMore: Numbers }[] = [
  {
    name: "nothing inheritable",
    sets: { bounding, permitted, effective: permitted },
    root: { ...NONE, CapBnd: [CHOWN, KILL], CapPrm: [CHOWN, KILL], CapEff: [CHOWN, KILL] },
    rootMore: {
      ...NONE,
      CapBnd: [CHOWN, KILL, SYS_CHROOT],
      CapPrm: [CHOWN, KILL, SYS_CHROOT],
      CapEff: [CHOWN, KILL, SYS_CHROOT],
    },
    user: { ...NONE, CapBnd: [CHOWN, KILL] },
    userMore: { ...NONE, CapBnd: [CHOWN, KILL, SYS_CHROOT] },
  },
  {
    name: "inheritable without ambient",
    sets: { bounding, permitted, effective: permitted, inheritable: permitted },
    root: { ...NONE, CapInh: [KILL], CapBnd: [CHOWN, KILL], CapPrm: [CHOWN, KILL], CapEff: [CHOWN, KILL] },
    rootMore: {
      ...NONE,
      CapInh: [KILL],
      CapBnd: [CHOWN, KILL, SYS_CHROOT],
      CapPrm: [CHOWN, KILL, SYS_CHROOT],
      CapEff: [CHOWN, KILL, SYS_CHROOT],
    },
    user: { ...NONE, CapInh: [KILL], CapBnd: [CHOWN, KILL] },
    userMore: { ...NONE, CapInh: [KILL], CapBnd: [CHOWN, KILL, SYS_CHROOT] },
  },
  {
    name: "inheritable and ambient",
    sets: { bounding, permitted, effective: permitted, inheritable: permitted, ambient: permitted },
    root: { CapInh: [KILL], CapBnd: [CHOWN, KILL], CapPrm: [CHOWN, KILL], CapEff: [CHOWN, KILL], CapAmb: [KILL] },
    rootMore: {
      CapInh: [KILL],
      CapBnd: [CHOWN, KILL, SYS_CHROOT],
      CapPrm: [CHOWN, KILL, SYS_CHROOT],
      CapEff: [CHOWN, KILL, SYS_CHROOT],
      CapAmb: [KILL],
    },
    user: { CapInh: [KILL], CapBnd: [CHOWN, KILL], CapPrm: [KILL], CapEff: [KILL], CapAmb: [KILL] },
    userMore: { CapInh: [KILL], CapBnd: [CHOWN, KILL, SYS_CHROOT], CapPrm: [KILL], CapEff: [KILL], CapAmb: [KILL] },
  },
];

for (const { name, sets, root, rootMore, user, userMore } of CASES) {
  t.test(`CVE-2022-29162, CVE-2022-24769, CVE-2022-27650, CVE-2025-27612: ${name} in the config`, (t) => {
    for (const [uid, expected] of [
      [0, root],
      [1000, user],
    ] as const) {
      const c = container(t, (config) => {
        config.process.capabilities = sets;
        config.process.noNewPrivileges = false;
        config.process.user = { uid, gid: uid };
      });
      t.strictSame(setsOf(c.startSleeping()), expected, `init of uid ${uid}`);
      t.strictSame(execSets(c, []), expected, `exec of uid ${uid}`);
    }
    const c = container(t, (config) => {
      config.process.capabilities = sets;
      config.process.noNewPrivileges = false;
    });
    c.startSleeping();
    t.strictSame(execSets(c, ["--cap", "CAP_SYS_CHROOT"]), rootMore, "exec --cap");
    t.strictSame(execSets(c, ["--cap", "CAP_SYS_CHROOT"], "1000:1000"), userMore, "exec --cap of a user");
    t.end();
  });
}

t.test("CVE-2022-29162: --cap of what is inheritable becomes ambient, and nothing else does", (t) => {
  const c = container(t, (config) => {
    config.process.capabilities = { bounding, permitted: [], effective: [], inheritable: ["CAP_KILL"] };
  });
  c.startSleeping();
  const sets = execSets(c, ["--cap", "CAP_KILL", "--cap", "CAP_SYS_CHROOT"], "1000:1000");
  t.strictSame(sets.CapInh, [KILL]);
  t.strictSame(sets.CapAmb, [KILL]);
  t.end();
});

t.test("CVE-2022-29162: exec --process has the sets of its file, and no more", (t) => {
  const c = container(t, (config) => (config.process.capabilities = { bounding, permitted, effective: permitted }));
  c.startSleeping();
  const file = join(c.directory, "process.json");
  const process = { args: ["sleep", "50"], cwd: "/", env: ["PATH=/bin"], user: { uid: 1000, gid: 1000 } };
  const sets = { bounding, permitted, effective: permitted, ambient: permitted };
  writeFileSync(file, JSON.stringify({ ...process, capabilities: sets }));
  const pidFile = join(c.directory, "pid");
  must(c.command(["exec", "--detach", "--pid-file", pidFile, "--process", file, c.id]));
  const pid = Number(readFileSync(pidFile, "utf8"));
  waitUntil(() => readFileSync(`/proc/${pid}/cmdline`, "utf8").startsWith("sleep"));
  t.strictSame(setsOf(pid), { ...NONE, CapBnd: [CHOWN, KILL] }, "ambient without inheritable is left out");
  t.end();
});

t.test("CVE-2022-29162: what --cap gives to a user is gone after the next execve(2)", (t) => {
  const c = container(t, (config) => {
    config.process.user = { uid: 1000, gid: 1000 };
    config.process.capabilities = { bounding, permitted, effective: permitted };
    config.process.noNewPrivileges = false;
  });
  c.startSleeping();
  const script = "grep Cap /proc/self/status";
  const result = must(c.exec(["sh", "-c", script], ["--cap", "CAP_SYS_CHROOT", "--cap", "CAP_KILL", "--user", "1000:1000"]));
  for (const name of ["CapInh", "CapPrm", "CapEff", "CapAmb"]) t.match(result.stdout, new RegExp(`^${name}:\\s0{16}$`, "m"));
  t.end();
});
