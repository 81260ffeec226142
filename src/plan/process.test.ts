// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import type { Process } from "../spec/types.ts";
import { planProcess, type ProcessContext } from "./process.ts";
import { hostFacts, reported } from "./testing.ts";
import type { NamespacesPlan, ProcessPlan } from "./types.ts";

const noNamespaces: NamespacesPlan = {
  create: [],
  join: [],
  uidMappings: [],
  gidMappings: [],
  mapWithHelpers: false,
  denySetgroups: false,
  timeOffsets: undefined,
};
const context: ProcessContext = {
  facts: hostFacts(),
  namespaces: noNamespaces,
  ownUserNamespace: false,
  newKeyring: true,
  keepGroups: false,
  at: "process",
};
const base: Process = { cwd: "/", args: ["true"], user: { uid: 0, gid: 0 } };

function plan(changes: Partial<Process>, more: Partial<ProcessContext> = {}) {
  let result: ProcessPlan | undefined;
  const messages = reported((report) => {
    result = planProcess({ ...base, ...changes }, { ...context, ...more }, report);
  });
  return { ...messages, plan: result };
}

t.test("defaults", async (t) => {
  t.match(plan({}).plan, {
    args: ["true"],
    env: [],
    terminal: false,
    consoleSize: undefined,
    umask: 0o022,
    setGroups: true,
    noNewPrivileges: false,
    capabilities: undefined,
    oomScoreAdj: undefined,
    newKeyring: true,
  });
});

t.test("a console size counts with a terminal only", async (t) => {
  const consoleSize = { width: 80, height: 25 };
  t.equal(plan({ consoleSize }).plan?.consoleSize, undefined);
  t.same(plan({ consoleSize, terminal: true }).plan?.consoleSize, consoleSize);
});

t.test("setgroups is not called where it is denied or not wanted", async (t) => {
  t.equal(plan({}, { namespaces: { ...noNamespaces, denySetgroups: true } }).plan?.setGroups, false);
  t.equal(plan({}, { facts: hostFacts({ setgroupsDenied: true }) }).plan?.setGroups, false);
  const joined = { ...noNamespaces, join: [{ type: "user", path: "/x" }] } as const;
  t.equal(plan({}, { namespaces: joined, facts: hostFacts({ euid: 1000 }) }).plan?.setGroups, "unless-denied");
  t.equal(plan({}, { namespaces: joined }).plan?.setGroups, true);
  t.equal(plan({}, { keepGroups: true }).plan?.setGroups, false);
});

t.test("what is refused", async (t) => {
  const one = { containerID: 0, hostID: 1000, size: 1 };
  const inUser: Partial<ProcessContext> = {
    namespaces: { ...noNamespaces, create: ["user"], uidMappings: [one], gidMappings: [one] },
  };
  const nofile = { type: "RLIMIT_NOFILE", soft: 1, hard: 2 } as const;
  const cases: [object, string[], Partial<ProcessContext>?][] = [
    [{ cwd: "tmp" }, ['process.cwd: is "tmp", and must be an absolute path']],
    [{ args: [] }, ["process.args: is empty, and must name the program to run"]],
    [{ args: ["a", "b\0"] }, ['process.args[1]: is "b\\u0000", and must not contain NUL']],
    [{ user: { uid: 0, gid: 0, umask: 512 } }, ["process.user.umask: is 512, and must be 0 to 511 (octal 777)"]],
    [
      { user: { uid: 1, gid: 2, additionalGids: [0, 3] } },
      [
        "process.user.uid: is 1, and linux.uidMappings does not map it",
        "process.user.gid: is 2, and linux.gidMappings does not map it",
        "process.user.additionalGids[1]: is 3, and linux.gidMappings does not map it",
      ],
      inUser,
    ],
    [
      { user: { uid: 0, gid: 0, additionalGids: [3] } },
      [
        "process.user.additionalGids: is given, and the kernel denies setgroups(2) in a user namespace that an unprivileged user mapped by itself",
      ],
      { namespaces: { ...noNamespaces, denySetgroups: true } },
    ],
    [
      { rlimits: [nofile, nofile] },
      ['process.rlimits[1].type: is "RLIMIT_NOFILE" for the second time, and each type may be listed once'],
    ],
    [{ rlimits: [{ ...nofile, soft: 3 }] }, ["process.rlimits[0].soft: is 3, and must not be above hard, which is 2"]],
    [{ oomScoreAdj: 1001 }, ["process.oomScoreAdj: is 1001, and must be -1000 to 1000"]],
    [
      { apparmorProfile: "docker-default" },
      ['process.apparmorProfile: is "docker-default", and AppArmor is not enabled on this host'],
    ],
    [{ selinuxLabel: "a:b:c:s0" }, ['process.selinuxLabel: is "a:b:c:s0", and SELinux is not enabled on this host']],
  ];
  for (const [changes, refused, more] of cases) t.same(plan(changes, more).refused, refused, JSON.stringify(changes));
  t.match(plan({ rlimits: [{ type: "NOFILE", soft: 1, hard: 1 }] } as unknown as Partial<Process>).refused, [
    /^process\.rlimits\[0\]\.type: is "NOFILE", and must be RLIMIT_AS, /,
  ]);
});

t.test("security labels where the host has the module, or none is needed", async (t) => {
  const facts = hostFacts({ apparmor: true, selinux: true });
  t.equal(plan({ apparmorProfile: "p", selinuxLabel: "l" }, { facts }).plan?.apparmorProfile, "p");
  t.equal(plan({ selinuxLabel: "l" }, { facts }).plan?.selinuxLabel, "l");
  t.equal(plan({ apparmorProfile: "unconfined" }).plan?.apparmorProfile, undefined);
  t.same(plan({ apparmorProfile: "", selinuxLabel: "" }).refused, []);
});
