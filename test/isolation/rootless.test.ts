// SPDX-License-Identifier: Apache-2.0
// @lanes host
/** Containers of a user who is not root. */
import { chownSync, existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { DEFAULT_CAPABILITIES, setNamespace } from "../lib/config.ts";
import { container, must } from "../lib/container.ts";
import type { Container } from "../lib/container.ts";
import { findProgram, unless } from "../lib/lane.ts";
import { makeRootless, runAs } from "../lib/rootless.ts";
import { run, waitUntil } from "../lib/run.ts";
import type { Result } from "../lib/run.ts";

const USER = 23456;
/** More than any runtime in the same user namespace needs, so that its capabilities are no protection. */
const ALL = [...DEFAULT_CAPABILITIES, "CAP_SYS_ADMIN", "CAP_SYS_PTRACE"];

function asUser(c: Container, ...args: string[]): Result {
  return runAs(c, USER, { XDG_RUNTIME_DIR: c.directory }, args);
}

t.test("run, as a user who maps only himself", (t) => {
  const c = container(t);
  makeRootless(c, USER);
  c.config.process.args = ["sh", "-c", "id -u; cat /proc/self/uid_map; touch /made && echo writes; hostname"];
  c.save();
  const result = asUser(c, "run", "--bundle", c.bundle, c.id);
  t.equal(result.code, 0, result.stderr);
  t.match(result.stdout, new RegExp(`^0\\n\\s+0\\s+${USER}\\s+1\\nwrites\\ntest-host\\n$`));
  t.end();
});

t.test("the whole life of a container, as a user", (t) => {
  const c = container(t);
  makeRootless(c, USER);
  c.config.process.args = ["sleep", "100"];
  c.save();
  must(asUser(c, "create", "--bundle", c.bundle, c.id));
  must(asUser(c, "start", c.id));
  t.equal(must(asUser(c, "exec", c.id, "id", "-u")).stdout, "0\n");
  t.match(must(asUser(c, "state", c.id)).stdout, /"running"/);
  must(asUser(c, "kill", c.id, "KILL"));
  t.ok(waitUntil(() => asUser(c, "state", c.id).stdout.includes('"stopped"')));
  must(asUser(c, "delete", c.id));
  t.not(asUser(c, "state", c.id).code, 0);
  t.end();
});

t.test(
  "ids of /etc/subuid, by newuidmap",
  { skip: unless(findProgram("newuidmap") !== undefined, "newuidmap is not installed") },
  (t) => {
    const c = container(t);
    makeRootless(c, USER);
    // The lane's mounts are private, so these files are this test's own.
    const file = (name: string, text: string): void => {
      writeFileSync(join(c.directory, name), text);
      must(run(["mount", "--bind", join(c.directory, name), `/etc/${name}`]));
      t.teardown(() => run(["umount", `/etc/${name}`]));
    };
    file("passwd", `root:x:0:0::/root:/bin/sh\ntester:x:${USER}:${USER}::/tmp:/bin/sh\n`);
    file("subuid", "tester:300000:65536\n");
    file("subgid", "tester:300000:65536\n");
    for (const member of ["uidMappings", "gidMappings"]) {
      c.config.linux[member] = [
        { containerID: 0, hostID: USER, size: 1 },
        { containerID: 1, hostID: 300000, size: 65536 },
      ];
    }
    c.config.process.args = ["sh", "-c", "wc -l < /proc/self/uid_map; touch /tmp/f; chown 7:8 /tmp/f; stat -c %u:%g /tmp/f"];
    c.save();
    must(run(["chown", "-Rh", `${USER}:${USER}`, c.directory]));
    chownSync("/etc/passwd", 0, 0);
    const user = ["setpriv", `--reuid=${USER}`, `--regid=${USER}`, "--clear-groups", "--"];
    const result = run([...user, ...c.argv("run", "--bundle", c.bundle, c.id)], {
      env: { PATH: process.env["PATH"], XDG_RUNTIME_DIR: c.directory },
    });
    t.equal(result.stdout, "2\n7:8\n", result.stderr);
    t.end();
  },
);

t.test("CVE-2016-9962: who is created into the pid namespace of another container of the user shows nothing to it", (t) => {
  const spy = container(t);
  makeRootless(spy, USER);
  spy.config.process.capabilities = { bounding: ALL, permitted: ALL, effective: ALL };
  spy.config.process.args = ["sh", "-c", "agent spy 6 > /spied"];
  spy.save();
  must(asUser(spy, "create", "--bundle", spy.bundle, spy.id));
  must(asUser(spy, "start", spy.id));
  t.ok(waitUntil(() => existsSync(join(spy.rootfs, "spied"))));
  const pid = Number(/"pid":\s*(\d+)/.exec(must(asUser(spy, "state", spy.id)).stdout)?.[1]);
  let created = 0;
  for (let times = 0; times < 6; times++) {
    const c = container(t);
    makeRootless(c, USER);
    for (const kind of ["user", "pid"]) setNamespace(c.config, kind, `/proc/${pid}/ns/${kind}`);
    for (const member of ["uidMappings", "gidMappings"]) Reflect.deleteProperty(c.config.linux, member);
    c.save();
    must(asUser(c, "create", "--bundle", c.bundle, c.id));
    created++;
    asUser(c, "delete", "--force", c.id);
  }
  t.equal(created, 6);
  t.ok(waitUntil(() => spy.read("spied").includes("rounds")));
  t.notMatch(spy.read("spied"), /^(FD|PTRACED|WRITABLE-EXE) /m);
  t.end();
});

t.test("what a user may not do is said", (t) => {
  const c = container(t);
  makeRootless(c, USER);
  c.config.linux["uidMappings"] = [{ containerID: 0, hostID: 0, size: 10 }];
  c.save();
  const result = asUser(c, "create", "--bundle", c.bundle, c.id);
  t.equal(result.code, 1);
  t.match(result.stderr, /map|permitted|uid/i);
  t.end();
});
