// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import type { Config, Seccomp } from "../spec/types.ts";
import { planSeccomp } from "./seccomp.ts";
import { reported, smallConfig } from "./testing.ts";

const notify = { names: ["mkdir"], action: "SCMP_ACT_NOTIFY" };

function plan(seccomp: object | undefined, annotations: Record<string, string> = {}) {
  let result: Seccomp | undefined;
  const config = smallConfig({ annotations, linux: { seccomp } as Config["linux"] & object });
  const messages = reported((report) => {
    result = planSeccomp(config, report);
  });
  return { ...messages, plan: result };
}

t.test("a filter passes through", async (t) => {
  const seccomp = {
    defaultAction: "SCMP_ACT_ERRNO",
    defaultErrnoRet: 38,
    syscalls: [{ names: ["read"], action: "SCMP_ACT_ALLOW" }],
  };
  t.equal(plan(seccomp).plan, seccomp);
  t.equal(plan(undefined).plan, undefined);
  t.same(plan({ defaultAction: "SCMP_ACT_ALLOW", listenerPath: "/s", syscalls: [notify] }).refused, []);
});

t.test("the older annotation names the listener where the config does not", async (t) => {
  const annotations = { "run.oci.seccomp.receiver": "/old" };
  t.equal(plan({ defaultAction: "SCMP_ACT_ALLOW", syscalls: [notify] }, annotations).plan?.listenerPath, "/old");
  t.equal(
    plan({ defaultAction: "SCMP_ACT_ALLOW", listenerPath: "/new", syscalls: [notify] }, annotations).plan?.listenerPath,
    "/new",
  );
});

t.test("filters that are refused", async (t) => {
  const allow = { defaultAction: "SCMP_ACT_ALLOW" };
  const cases: [object, string[]][] = [
    [{ ...allow, listenerMetadata: "m" }, ["listenerMetadata: is given without listenerPath"]],
    [{ ...allow, syscalls: [notify] }, ["listenerPath: is missing, and the action SCMP_ACT_NOTIFY needs a listener"]],
    [{ ...allow, listenerPath: "s" }, []], // nobody is told anything
    [{ ...allow, listenerPath: "s", syscalls: [notify] }, ['listenerPath: is "s", and must be an absolute path']],
    [
      { ...allow, listenerPath: `/${"s".repeat(107)}`, syscalls: [notify] },
      ["listenerPath: has 108 characters, and a socket's path may have 107"],
    ],
    [
      { ...allow, listenerPath: "/s", syscalls: [{ names: ["read", "write"], action: "SCMP_ACT_NOTIFY" }] },
      ['syscalls[0].action: is "SCMP_ACT_NOTIFY" for write, which would stop the container before it starts'],
    ],
    [
      { defaultAction: "SCMP_ACT_NOTIFY" },
      ['defaultAction: is "SCMP_ACT_NOTIFY", and the listener could never be told of the first syscall'],
    ],
    [
      { ...allow, defaultErrnoRet: 1 },
      ["defaultErrnoRet: is 1, and SCMP_ACT_ALLOW returns no errno; only SCMP_ACT_ERRNO and SCMP_ACT_TRACE do"],
    ],
    [
      { ...allow, syscalls: [{ names: [], action: "SCMP_ACT_KILL", errnoRet: 1 }] },
      [
        "syscalls[0].names: is empty, and must have one name or more",
        "syscalls[0].errnoRet: is 1, and SCMP_ACT_KILL returns no errno; only SCMP_ACT_ERRNO and SCMP_ACT_TRACE do",
      ],
    ],
    [
      { ...allow, syscalls: [{ names: ["a"], action: "SCMP_ACT_ERRNO", errnoRet: 65536 }] },
      ["syscalls[0].errnoRet: is 65536, and must be 0 to 65535"],
    ],
    [
      { ...allow, flags: ["SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"] },
      ['flags: has "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV", and no syscall has the action SCMP_ACT_NOTIFY'],
    ],
  ];
  for (const [seccomp, refused] of cases) {
    t.same(
      plan(seccomp).refused,
      refused.map((line) => `linux.seccomp.${line}`),
      JSON.stringify(seccomp),
    );
  }
});
