// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import type { Seccomp } from "../spec/types.ts";
import { entryName, sectionKey } from "./cache-key.ts";

const made = { architecture: 0xc000003e, version: "2.6.0" };
const section: Seccomp = {
  defaultAction: "SCMP_ACT_ERRNO",
  syscalls: [{ names: ["read"], action: "SCMP_ACT_ALLOW", args: [{ index: 0, value: 1n, op: "SCMP_CMP_EQ" }] }],
};

t.test("sectionKey() tells apart what compiles differently", (t) => {
  const others: readonly Seccomp[] = [
    { ...section, defaultAction: "SCMP_ACT_LOG" },
    { ...section, defaultErrnoRet: 2 },
    { ...section, architectures: ["SCMP_ARCH_X86"] },
    { ...section, syscalls: [] },
    { ...section, syscalls: [{ names: ["read"], action: "SCMP_ACT_ALLOW", args: [{ index: 0, value: 1, op: "SCMP_CMP_EQ" }] }] },
  ];
  const key = sectionKey(section, made);
  for (const other of others) t.not(sectionKey(other, made), key);
  t.not(sectionKey(section, { ...made, version: "2.6.1" }), key);
  t.not(sectionKey(section, { ...made, architecture: 1 }), key);
  t.end();
});

t.test("sectionKey() leaves out what is no part of the program", (t) => {
  const key = sectionKey(section, made);
  t.equal(sectionKey({ ...section, flags: ["SECCOMP_FILTER_FLAG_LOG"], listenerPath: "/x", listenerMetadata: "y" }, made), key);
  t.end();
});

t.test("entryName() is a plain file name and depends on the key", (t) => {
  const keys = ["", "a", "b", "ab", "x".repeat(20000), `${"x".repeat(10000)}y${"x".repeat(10000)}`];
  const names = keys.map(entryName);
  t.equal(new Set(names).size, keys.length);
  for (const name of names) t.match(name, /^[0-9a-z]+-[0-9a-f]+$/);
  t.end();
});
