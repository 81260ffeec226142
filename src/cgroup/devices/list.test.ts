// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import type { DeviceCgroupRule } from "../../spec/types.ts";
import { deviceWrites } from "./list.ts";

const denyAll: DeviceCgroupRule = { allow: false, type: "a", access: "rwm" };
const texts = (rules: DeviceCgroupRule[]): string[] => deviceWrites(rules).map(({ file, text }) => `${file.slice(8)} ${text}`);

t.test("deviceWrites() is the shortest way to the rules", async (t) => {
  t.same(texts([]), ["deny a"]);
  t.same(
    texts([denyAll, { allow: true, type: "c", major: 1, minor: 3, access: "rwm" }, { allow: true, type: "b", access: "m" }]),
    ["deny a", "allow c 1:3 rwm", "allow b *:* m"],
  );
  t.same(texts([denyAll, { allow: true }]), ["allow a"]);
  t.same(texts([{ allow: true }, { allow: false, type: "b", major: 8, access: "w" }]), ["allow a", "deny b 8:* w"]);
  t.same(texts([denyAll, { allow: true, type: "a", access: "r" }]), ["deny a", "allow b *:* r", "allow c *:* r"]);
  const one = { type: "c" as const, major: 1, minor: 3 };
  t.same(texts([denyAll, { allow: true, ...one, access: "r" }, { allow: true, ...one, access: "wm" }]), [
    "deny a",
    "allow c 1:3 rwm",
  ]);
  t.same(texts([denyAll, { allow: true, ...one }, { allow: false, ...one, access: "w" }]), ["deny a", "allow c 1:3 rm"]);
  t.same(texts([denyAll, { allow: true, ...one }, { allow: false, type: "c", access: "w" }]), ["deny a", "allow c 1:3 rm"]);
});

t.test("deviceWrites() refuses an exception from a wildcard", async (t) => {
  t.throws(() => texts([denyAll, { allow: true, type: "c" }, { allow: false, type: "c", major: 1, minor: 1, access: "w" }]), {
    message: /"deny c 1:1 w" cannot be an exception from "allow c \*:\* rwm"/,
  });
  t.doesNotThrow(() =>
    texts([denyAll, { allow: true, type: "c", access: "m" }, { allow: false, type: "c", major: 1, access: "rw" }]),
  );
});
