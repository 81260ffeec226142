// SPDX-License-Identifier: Apache-2.0
// @lanes host uml
/** Profiles and labels where the security module is off: a container that asks for one must not run without. */
import { existsSync, readFileSync } from "node:fs";
import t from "tap";
import type { TestConfig } from "../lib/config.ts";
import { container } from "../lib/container.ts";
import { unless } from "../lib/lane.ts";

const apparmor = "/sys/module/apparmor/parameters/enabled";
const noApparmor = unless(!existsSync(apparmor) || !readFileSync(apparmor, "utf8").startsWith("Y"), "AppArmor is on here");
const noSelinux = unless(!existsSync("/sys/fs/selinux/enforce"), "SELinux is on here");
const label = "system_u:system_r:container_t:s0:c1,c2";

const cases: readonly [string, string | false, (config: TestConfig) => void, RegExp][] = [
  [
    "process.apparmorProfile",
    noApparmor,
    (config) => (config.process["apparmorProfile"] = "a-profile"),
    /AppArmor is not enabled/,
  ],
  ["process.selinuxLabel", noSelinux, (config) => (config.process["selinuxLabel"] = label), /SELinux is not enabled/],
  ["linux.mountLabel", noSelinux, (config) => (config.linux["mountLabel"] = label), /SELinux is not enabled/],
];

for (const [name, skip, change, message] of cases) {
  t.test(`${name} is refused`, { skip }, (t) => {
    const c = container(t, change);
    const result = c.create();
    t.equal(result.code, 1);
    t.match(result.stderr, name);
    t.match(result.stderr, message);
    t.equal(c.status(), "none");
    t.end();
  });
}

t.test("exec --apparmor and --process-label are refused as well", { skip: noApparmor || noSelinux }, (t) => {
  const c = container(t);
  c.startSleeping();
  for (const flags of [
    ["--apparmor", "a-profile"],
    ["--process-label", label],
  ]) {
    const result = c.exec(["true"], flags);
    t.equal(result.code, 255, flags.join(" "));
    t.match(result.stderr, /is not enabled/);
  }
  t.equal(c.exec(["true"]).code, 0);
  t.end();
});

t.test("unconfined asks for nothing, and an empty label neither", { skip: noApparmor || noSelinux }, (t) => {
  const c = container(t, (config) => {
    config.process["apparmorProfile"] = "unconfined";
    config.process["selinuxLabel"] = "";
  });
  const result = c.run();
  t.equal(result.code, 0, result.stderr);
  t.end();
});
