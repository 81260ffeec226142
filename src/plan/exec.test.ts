// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import type { Config, Process } from "../spec/types.ts";
import { PlanError } from "./errors.ts";
import { planExec, type ExecRequest } from "./exec.ts";
import { hostFacts, smallConfig } from "./testing.ts";
import type { ProcessPlan } from "./types.ts";

const process: Process = {
  cwd: "/srv",
  args: ["sleep", "9"],
  env: ["PATH=/bin", "A=1"],
  user: { uid: 10, gid: 20, additionalGids: [5], umask: 0o077 },
  terminal: true,
  noNewPrivileges: true,
  capabilities: { bounding: ["CAP_KILL"], permitted: ["CAP_KILL"], inheritable: ["CAP_CHOWN"] },
  execCPUAffinity: { initial: "0" },
};

function plan(request: Partial<ExecRequest>, config: Partial<Config> = {}): ProcessPlan {
  const whole = { args: ["ls"], env: [], additionalGids: [], cap: [], ...request };
  return planExec(smallConfig({ process, ...config }), whole, hostFacts()).process;
}

t.test("the container's process with another command, and no terminal unless asked for", async (t) => {
  t.match(plan({}), {
    args: ["ls"],
    env: ["PATH=/bin", "A=1"],
    cwd: "/srv",
    uid: 10,
    gid: 20,
    additionalGids: [5],
    umask: 0o077,
    terminal: false,
    noNewPrivileges: true,
    cpuAffinity: { initial: "0", final: undefined },
    newKeyring: true,
  });
});

t.test("flags change it", async (t) => {
  const result = plan({ cwd: "/x", env: ["A=2", "B=3"], user: "7:8", additionalGids: ["9"], tty: true, noNewPrivileges: false });
  t.match(result, {
    cwd: "/x",
    env: ["PATH=/bin", "A=2", "B=3"],
    uid: 7,
    gid: 8,
    additionalGids: [5, 9],
    umask: 0o077,
    terminal: true,
    noNewPrivileges: false,
  });
  t.match(plan({ user: "7" }), { uid: 7, gid: 20 }, "the group stays");
});

t.test("--cap leaves inheritable alone, and ambient follows what is inheritable", async (t) => {
  t.match(
    plan(
      { cap: ["sys_admin", "CAP_CHOWN"] },
      { process: { ...process, capabilities: { ...process.capabilities, bounding: ["CAP_CHOWN"] } } },
    ).capabilities,
    {
      bounding: ["CAP_CHOWN", "CAP_SYS_ADMIN"],
      permitted: ["CAP_KILL", "CAP_SYS_ADMIN", "CAP_CHOWN"],
      effective: ["CAP_SYS_ADMIN", "CAP_CHOWN"],
      inheritable: ["CAP_CHOWN"],
      ambient: ["CAP_CHOWN"],
    },
  );
  const bare: Process = { cwd: "/", args: ["x"], user: { uid: 0, gid: 0 } };
  t.match(plan({ cap: ["KILL"] }, { process: bare }).capabilities, {
    bounding: ["CAP_KILL"],
    effective: ["CAP_KILL"],
    inheritable: [],
    ambient: [],
  });
  t.equal(plan({}, { process: bare }).capabilities, undefined);
});

t.test("a whole process is taken as it is", async (t) => {
  const whole: Process = { cwd: "/w", args: ["id"], user: { uid: 1, gid: 1 } };
  t.match(plan({ process: whole, args: ["ignored"], user: "bad", tty: true }), {
    args: ["id"],
    cwd: "/w",
    uid: 1,
    terminal: false,
  });
});

t.test("what belongs to the container applies to every process of it", async (t) => {
  const result = plan({}, { linux: { personality: { domain: "LINUX32" }, memoryPolicy: { mode: "MPOL_LOCAL" } } });
  t.match(result, { personality: { domain: "LINUX32" }, memoryPolicy: { mode: "MPOL_LOCAL" } });
});

t.test("what is refused", async (t) => {
  const bad = { path: "--user", message: 'is "root", and must be UID or UID:GID in numbers' };
  const group = { path: "--additional-gids", message: 'is "-1", and must be a number' };
  const args = { path: "process.args", message: "is empty, and must name the program to run" };
  const cap = { path: "--cap", message: 'is "nosuch", and must name a capability of this kernel' };
  t.throws(() => plan({ cap: ["kill", "nosuch"] }), new PlanError([cap]));
  t.throws(() => plan({ user: "root", additionalGids: ["-1"], args: [] }), new PlanError([group, bad, args]));
  const missing = {
    path: "process",
    message: "is missing in the container's config.json",
    hint: "give a whole process with --process FILE",
  };
  t.throws(() => plan({}, { process: undefined }), new PlanError([missing]));
});
