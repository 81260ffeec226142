// SPDX-License-Identifier: Apache-2.0
// @lanes systemd
/** Containers of an ordinary user in scopes of that user's own systemd. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import type { Test } from "tap";
import { container, must } from "../lib/container.ts";
import type { Container } from "../lib/container.ts";
import { asUser, makeRootless, runAs } from "../lib/rootless.ts";
import { run, waitUntil } from "../lib/run.ts";

/** The image has this user. */
const USER = 1000;
const SESSION = { XDG_RUNTIME_DIR: `/run/user/${USER}` };
const SERVICE = `/user.slice/user-${USER}.slice/user@${USER}.service`;

/** A container of the user, who has a systemd for as long as the file runs. */
function userContainer(t: Test): Container {
  const c = container(t, undefined, { global: ["--systemd-cgroup"] });
  makeRootless(c, USER);
  c.config.process.args = ["sleep", "100"];
  t.teardown(() => runAs(c, USER, SESSION, ["delete", "--force", c.id]));
  return c;
}

const property = (unit: string, name: string): string =>
  must(asUser(USER, SESSION, ["systemctl", "--user", "show", "--property", name, "--value", unit])).stdout.trim();

t.before(() => {
  must(run(["loginctl", "enable-linger", "tester"]));
  const ready = (): boolean => asUser(USER, SESSION, ["systemctl", "--user", "is-system-running"]).stdout.trim() === "running";
  if (!waitUntil(ready, 60)) throw new Error("the user's systemd does not start");
});

t.test("a container's whole life in a scope of the user's systemd", (t) => {
  const c = userContainer(t);
  const unit = `runt-${c.id}.scope`;
  const cgroup = `${SERVICE}/user.slice/${unit}`;
  const file = (name: string): string => readFileSync(join("/sys/fs/cgroup", cgroup, name), "utf8").trim();
  c.config.linux.resources = { memory: { limit: 64 << 20 }, pids: { limit: 20 } };
  c.save();
  must(runAs(c, USER, SESSION, ["create", "--bundle", c.bundle, c.id]));
  must(runAs(c, USER, SESSION, ["start", c.id]));
  const { pid }: { pid: number } = JSON.parse(must(runAs(c, USER, SESSION, ["state", c.id])).stdout);
  t.equal(readFileSync(`/proc/${pid}/cgroup`, "utf8").trim(), `0::${cgroup}`);
  t.equal(property(unit, "MemoryMax"), "67108864");
  t.equal(file("memory.max"), "67108864");
  t.equal(file("pids.max"), "20");
  t.match(
    must(runAs(c, USER, SESSION, ["exec", c.id, "cat", "/proc/self/cgroup"])).stdout,
    /^0::/,
    "exec goes in through systemd",
  );
  must(runAs(c, USER, SESSION, ["update", "--pids-limit", "10", c.id]));
  t.equal(property(unit, "TasksMax"), "10");
  t.equal(file("pids.max"), "10");
  must(runAs(c, USER, SESSION, ["delete", "--force", c.id]));
  t.equal(property(unit, "LoadState"), "not-found");
  t.notOk(existsSync(join("/sys/fs/cgroup", cgroup)));
  t.end();
});

t.test("a slice of the user's", (t) => {
  const c = userContainer(t);
  c.config.linux.cgroupsPath = `web-shop.slice:pre:${c.id}`;
  c.save();
  must(runAs(c, USER, SESSION, ["create", "--bundle", c.bundle, c.id]));
  t.equal(property(`pre-${c.id}.scope`, "ControlGroup"), `${SERVICE}/web.slice/web-shop.slice/pre-${c.id}.scope`);
  t.end();
});

t.test("the bus by DBUS_SESSION_BUS_ADDRESS", (t) => {
  const c = userContainer(t);
  c.save();
  const environment = { DBUS_SESSION_BUS_ADDRESS: `unix:path=/run/user/${USER}/bus` };
  must(runAs(c, USER, environment, ["create", "--bundle", c.bundle, c.id]));
  t.equal(property(`runt-${c.id}.scope`, "ActiveState"), "active");
  t.end();
});

t.test("without a session the user is told what is missing", (t) => {
  const c = userContainer(t);
  c.save();
  const result = runAs(c, USER, {}, ["create", "--bundle", c.bundle, c.id]);
  t.equal(result.code, 1);
  t.match(result.stderr, /no systemd can be reached/);
  t.match(result.stderr, /XDG_RUNTIME_DIR/);
  t.end();
});
