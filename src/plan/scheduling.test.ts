// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import type { IoPriority, MemoryPolicy, Personality, Scheduler } from "../spec/types.ts";
import { planCpuAffinity, planIoPriority, planMemoryPolicy, planPersonality, planScheduler } from "./scheduling.ts";
import { reported } from "./testing.ts";

t.test("planScheduler()", async (t) => {
  const cases: [object, string[]][] = [
    [{ policy: "SCHED_OTHER", nice: -20 }, []],
    [{ policy: "SCHED_BATCH", nice: 19, flags: ["SCHED_FLAG_RESET_ON_FORK"] }, []],
    [{ policy: "SCHED_IDLE" }, []],
    [{ policy: "SCHED_FIFO", priority: 1 }, []],
    [{ policy: "SCHED_RR", priority: 99 }, []],
    [{ policy: "SCHED_DEADLINE", runtime: 2048, deadline: 4096, period: 8192 }, []],
    [{ policy: "SCHED_DEADLINE", runtime: 2048, deadline: 4096 }, []],
    [
      { policy: "SCHED_ISO" },
      [
        's.policy: is "SCHED_ISO", which no Linux kernel has; it must be SCHED_OTHER, SCHED_FIFO, SCHED_RR, SCHED_BATCH, SCHED_IDLE or SCHED_DEADLINE',
      ],
    ],
    [
      { policy: "fifo" },
      ['s.policy: is "fifo", and must be SCHED_OTHER, SCHED_FIFO, SCHED_RR, SCHED_BATCH, SCHED_IDLE or SCHED_DEADLINE'],
    ],
    [{ policy: "SCHED_FIFO" }, ["s.priority: is 0, and must be 1 to 99 for SCHED_FIFO"]],
    [{ policy: "SCHED_RR", priority: 100 }, ["s.priority: is 100, and must be 1 to 99 for SCHED_RR"]],
    [
      { policy: "SCHED_OTHER", priority: 1 },
      ["s.priority: is 1, and only SCHED_FIFO and SCHED_RR have a priority, not SCHED_OTHER"],
    ],
    [{ policy: "SCHED_OTHER", nice: 20 }, ["s.nice: is 20, and must be -20 to 19"]],
    [{ policy: "SCHED_OTHER", runtime: 5 }, ["s.runtime: is 5, and only SCHED_DEADLINE has one, not SCHED_OTHER"]],
    [{ policy: "SCHED_DEADLINE" }, ["s.runtime: is 0 ns, and must be 1024 ns or more for SCHED_DEADLINE"]],
    [
      { policy: "SCHED_DEADLINE", runtime: 4096, deadline: 2048, period: 1024 },
      [
        "s.deadline: is 2048 ns, and must not be below the runtime of 4096 ns",
        "s.period: is 1024 ns, and must be 0 or not below the deadline of 2048 ns",
      ],
    ],
  ];
  for (const [scheduler, refused] of cases) {
    t.same(reported((report) => planScheduler(scheduler as Scheduler, "s", report)).refused, refused, JSON.stringify(scheduler));
  }
  const flag = reported((report) => planScheduler({ policy: "SCHED_OTHER", flags: ["X"] } as unknown as Scheduler, "s", report));
  t.match(flag.refused[0], /^s\.flags\[0\]: is "X", and must be SCHED_FLAG_RESET_ON_FORK, /);
  const nice = reported((report) => planScheduler({ policy: "SCHED_FIFO", priority: 1, nice: 3 }, "s", report));
  t.same(nice.warned, ["s.nice: is 3, and means nothing to SCHED_FIFO"]);
  reported((report) => t.equal(planScheduler(undefined, "s", report), undefined));
});

t.test("planIoPriority()", async (t) => {
  const refused = (priority: object): string[] =>
    reported((report) => planIoPriority(priority as IoPriority, "io", report)).refused;
  t.same(refused({ class: "IOPRIO_CLASS_RT", priority: 0 }), []);
  t.same(refused({ class: "IOPRIO_CLASS_IDLE", priority: 7 }), []);
  t.same(refused({ class: "RT", priority: 8 }), [
    'io.class: is "RT", and must be IOPRIO_CLASS_RT, IOPRIO_CLASS_BE or IOPRIO_CLASS_IDLE',
    "io.priority: is 8, and must be 0 (highest) to 7 (lowest)",
  ]);
});

t.test("planMemoryPolicy()", async (t) => {
  const cases: [object, string[]][] = [
    [{ mode: "MPOL_DEFAULT" }, []],
    [{ mode: "MPOL_BIND", nodes: "0-1", flags: ["MPOL_F_STATIC_NODES", "MPOL_F_NUMA_BALANCING"] }, []],
    [{ mode: "MPOL_PREFERRED" }, []],
    [
      { mode: "BIND" },
      [
        'mode: is "BIND", and must be MPOL_DEFAULT, MPOL_BIND, MPOL_INTERLEAVE, MPOL_WEIGHTED_INTERLEAVE, MPOL_PREFERRED, MPOL_PREFERRED_MANY or MPOL_LOCAL',
      ],
    ],
    [{ mode: "MPOL_INTERLEAVE" }, ["nodes: is missing, and MPOL_INTERLEAVE needs memory nodes"]],
    [{ mode: "MPOL_LOCAL", nodes: "0" }, ['nodes: is "0", and MPOL_LOCAL takes no memory nodes']],
    [{ mode: "MPOL_BIND", nodes: "x" }, ['nodes: is "x", and must be a list like "0-3,7"']],
    [
      { mode: "MPOL_BIND", nodes: "0", flags: ["MPOL_F_STATIC_NODES", "MPOL_F_RELATIVE_NODES"] },
      ['flags: has "MPOL_F_STATIC_NODES" and "MPOL_F_RELATIVE_NODES", which exclude each other'],
    ],
    [
      { mode: "MPOL_DEFAULT", flags: ["MPOL_F_STATIC_NODES"] },
      ['flags: has "MPOL_F_STATIC_NODES", and MPOL_DEFAULT takes no flags'],
    ],
    [
      { mode: "MPOL_INTERLEAVE", nodes: "0", flags: ["MPOL_F_NUMA_BALANCING"] },
      ['flags: has "MPOL_F_NUMA_BALANCING", which is for MPOL_BIND and MPOL_PREFERRED_MANY, not MPOL_INTERLEAVE'],
    ],
    [
      { mode: "MPOL_BIND", nodes: "0", flags: ["X"] },
      ['flags: has "X", and may have MPOL_F_NUMA_BALANCING, MPOL_F_RELATIVE_NODES or MPOL_F_STATIC_NODES'],
    ],
  ];
  for (const [policy, refused] of cases) {
    const got = reported((report) => planMemoryPolicy(policy as MemoryPolicy, report)).refused;
    t.same(
      got,
      refused.map((line) => `linux.memoryPolicy.${line}`),
      JSON.stringify(policy),
    );
  }
});

t.test("planPersonality()", async (t) => {
  reported((report) => t.same(planPersonality({ domain: "LINUX32" }, report), { domain: "LINUX32", flags: [] }));
  const bad = { domain: "BSD", flags: ["ADDR_NO_RANDOMIZE"] } as unknown as Personality;
  t.same(reported((report) => planPersonality(bad, report)).refused, [
    'linux.personality.domain: is "BSD", and must be LINUX or LINUX32',
    'linux.personality.flags: has "ADDR_NO_RANDOMIZE", and the spec has no flags so far',
  ]);
});

t.test("planCpuAffinity()", async (t) => {
  reported((report) => t.same(planCpuAffinity({ initial: "0", final: "" }, "a", report), { initial: "0", final: undefined }));
  t.same(reported((report) => planCpuAffinity({ initial: "0-", final: "2-1" }, "a", report)).refused, [
    'a.initial: is "0-", and must be a list like "0-3,7"',
    'a.final: is "2-1", and has the range 2-1, whose end is before its start',
  ]);
});
