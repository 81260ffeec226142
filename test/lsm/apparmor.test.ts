// SPDX-License-Identifier: Apache-2.0
// @lanes systemd
/** AppArmor profiles of the kernel's: the program runs under them, and what they deny is denied. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import type { Test } from "tap";
import { container, must } from "../lib/container.ts";
import type { Container } from "../lib/container.ts";
import { temporary } from "../lib/lane.ts";
import { run } from "../lib/run.ts";

const profile = (name: string, denied: string): string =>
  `profile ${name} flags=(attach_disconnected, mediate_deleted) {
    file, capability, network, mount, umount, pivot_root, signal, ptrace, unix,
    ${denied}
  }`;

/** Both deny reading /secret/NAME, and the first making directories' nodes as well. */
const FIRST = "runt-tests-first";
const SECOND = "runt-tests-second";
const PROFILES = [
  "abi <abi/3.0>,",
  profile(FIRST, "deny /secret/first rw, deny capability mknod,"),
  profile(SECOND, "deny /secret/second rw,"),
].join("\n");

t.before(() => {
  const file = join(temporary, "profiles");
  writeFileSync(file, PROFILES);
  must(run(["apparmor_parser", "--replace", "--skip-cache", file]));
});

/** A container with the files that the profiles are about, under the first. */
function confined(t: Test, profileName = FIRST): Container {
  const c = container(t, (config) => (config.process["apparmorProfile"] = profileName));
  mkdirSync(join(c.rootfs, "secret"));
  for (const name of ["first", "second"]) writeFileSync(join(c.rootfs, "secret", name), `${name}\n`);
  return c;
}

const LOOK = "cat /secret/first /secret/second 2>/dev/null; cat /proc/self/attr/current";
const SEEN = {
  [FIRST]: `second\n${FIRST} (enforce)\n`,
  [SECOND]: `first\n${SECOND} (enforce)\n`,
  unconfined: "first\nsecond\nunconfined\n",
};

t.test("the kernel has AppArmor, and the profiles are loaded", (t) => {
  t.match(readFileSync("/sys/kernel/security/apparmor/profiles", "utf8"), new RegExp(`^${FIRST} \\(enforce\\)$`, "m"));
  t.end();
});

for (const noNewPrivileges of [true, false]) {
  t.test(`the program runs under the profile, which denies, ${noNewPrivileges ? "with" : "without"} no_new_privs`, (t) => {
    const c = confined(t);
    c.config.process.noNewPrivileges = noNewPrivileges;
    t.equal(c.sh(LOOK).stdout, SEEN[FIRST]);
    t.end();
  });
}

t.test("the kernel says of the process from outside", (t) => {
  const c = confined(t);
  c.config.process.noNewPrivileges = false;
  const pid = c.startSleeping();
  t.equal(readFileSync(`/proc/${pid}/attr/apparmor/current`, "utf8"), `${FIRST} (enforce)\n`);
  t.match(c.exec(["mknod", "/dev/x", "c", "1", "3"]).stderr, /Operation not permitted/, "a capability that it denies");
  t.notOk(existsSync(join(c.rootfs, "dev/x")));
  t.end();
});

t.test("without a profile, or with unconfined, nothing is denied", (t) => {
  for (const name of ["", "unconfined"]) {
    const c = confined(t, name);
    t.equal(c.sh(LOOK).stdout, SEEN.unconfined);
  }
  t.end();
});

t.test("exec runs under the container's profile, and under another with --apparmor", (t) => {
  const c = confined(t);
  c.startSleeping();
  const look = (...flags: string[]): string => c.exec(["sh", "-c", LOOK], flags).stdout;
  t.equal(look(), SEEN[FIRST]);
  t.equal(look("--apparmor", SECOND), SEEN[SECOND]);
  t.equal(look("--apparmor", "unconfined"), SEEN.unconfined);
  t.end();
});

t.test("exec --process takes the profile of the file", (t) => {
  const c = confined(t);
  c.startSleeping();
  const file = join(c.directory, "process.json");
  writeFileSync(file, JSON.stringify({ ...c.config.process, args: ["sh", "-c", LOOK], apparmorProfile: SECOND }));
  t.equal(c.command(["exec", "--process", file, c.id]).stdout, SEEN[SECOND]);
  t.end();
});

t.test("hooks are not confined", (t) => {
  const c = confined(t);
  const out = join(c.directory, "hook");
  c.config.hooks = { createRuntime: [{ path: "/bin/sh", args: ["sh", "-c", `cat /proc/self/attr/current > ${out}`] }] };
  must(c.create());
  t.equal(readFileSync(out, "utf8"), "unconfined\n");
  t.end();
});

t.test("a profile that is not loaded is an error that names it, and engines find the file in back-ticks", (t) => {
  const c = confined(t, "runt-tests-missing");
  const result = c.create();
  t.equal(result.code, 1);
  t.match(result.stderr, /runt-tests-missing/);
  t.match(result.stderr, /`\/proc\/[^`]*attr\/[^`]*exec`/);
  t.equal(c.status(), "none");
  const other = confined(t);
  other.startSleeping();
  const exec = other.exec(["true"], ["--apparmor", "runt-tests-missing"]);
  t.equal(exec.code, 255);
  t.match(exec.stderr, /runt-tests-missing/);
  t.end();
});
