// SPDX-License-Identifier: Apache-2.0
// @lanes host v2
/** Namespaces: new, shared with the host, and joined by path. */
import { existsSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { mapUsers, setNamespace } from "../lib/config.ts";
import type { TestConfig } from "../lib/config.ts";
import { container, must } from "../lib/container.ts";
import { callsOf, failingFirst, faultyRuntime } from "../lib/faults.ts";
import { isAlive, namespaceOf, NAMESPACES, processesWith, statusField } from "../lib/kernel.ts";
import { isRunt, unless } from "../lib/lane.ts";
import { run, waitUntil } from "../lib/run.ts";

/** Those that any container may have new: no ids to map, and no clock. */
const KINDS = NAMESPACES.filter(({ type }) => !["user", "time"].includes(type));

t.test("a namespace without a path is new", (t) => {
  const c = container(t, (config) => setNamespace(config, "cgroup"));
  const pid = c.startSleeping();
  for (const { type, proc } of KINDS) t.not(namespaceOf(pid, proc), namespaceOf("self", proc), type);
  t.equal(namespaceOf(pid, "user"), namespaceOf("self", "user"), "user, which the config does not name, is the runtime's");
  t.end();
});

for (const { type, proc } of KINDS.filter((kind) => kind.type !== "mount")) {
  t.test(`a container without a ${type} namespace shares the runtime's`, (t) => {
    const c = container(t, (config) => {
      setNamespace(config, type, null);
      if (type === "uts") delete config.hostname;
      if (type === "network") config.mounts = config.mounts.filter((mount) => mount.type !== "sysfs" && mount.type !== "cgroup");
    });
    t.equal(namespaceOf(c.startSleeping(), proc), namespaceOf("self", proc));
    t.end();
  });
}

t.test("namespaces with paths are joined", (t) => {
  const first = container(t);
  const pid = first.startSleeping();
  const kinds = KINDS.filter((kind) => !["mount", "cgroup"].includes(kind.type));
  const second = container(t, (config) => {
    for (const { type, proc } of kinds) setNamespace(config, type, `/proc/${pid}/ns/${proc}`);
    delete config.hostname;
  });
  const joined = second.startSleeping();
  for (const { type, proc } of kinds) t.equal(namespaceOf(joined, proc), namespaceOf(pid, proc), type);
  t.match(must(first.exec(["ps"])).stdout, /sleep 100[^]*sleep 100/, "the first sees the second's process");
  t.equal(second.delete("--force").code, 0);
  t.ok(isAlive(pid), "deleting the second does not end the first");
  t.end();
});

t.test("a namespace path of the wrong kind is refused", (t) => {
  const c = container(t, (config) => setNamespace(config, "ipc", "/proc/self/ns/uts"));
  const result = c.create();
  t.equal(result.code, 1);
  t.match(result.stderr, /ipc|\/proc\/self\/ns\/uts/);
  t.equal(c.status(), "none");
  t.end();
});

t.test("the process is pid 1 and sees no other", (t) => {
  const c = container(t);
  t.equal(c.sh("echo $$; echo /proc/[0-9]*").stdout, "1\n/proc/1\n");
  t.end();
});

t.test("a new network namespace has its loopback, up, and nothing else that is up", (t) => {
  const c = container(t);
  const result = c.sh("ip -o link show up; ping -c 1 -W 2 127.0.0.1 >/dev/null && echo pong");
  t.match(result.stdout, /^1: lo: .*UP/);
  t.match(result.stdout, /pong/);
  t.end();
});

t.test(
  "a network namespace that cannot be made ahead of the clone is made by it",
  { skip: unless(isRunt && existsSync(faultyRuntime), "build/runt-faults is not built") },
  (t) => {
    const c = container(t, () => undefined, { runtime: faultyRuntime });
    c.config.process.args = ["sh", "-c", "readlink /proc/self/ns/net; ip -o link show up"];
    for (const name of ["begin_network_namespace", "end_network_namespace"]) {
      t.ok(
        callsOf((env) => c.run([], { env })).some((call) => call.role === "parent" && call.name === name),
        `${name} is called`,
      );
      const result = must(c.run([], { env: failingFirst("parent", name, 12) }));
      t.match(result.stdout, /^net:\[\d+\]\n1: lo: .*UP/, name);
      t.notMatch(result.stdout, readlinkSync("/proc/self/ns/net"), name);
    }
    t.end();
  },
);

const straceWorks = run(["strace", "-f", "-qq", "-o", "/dev/null", "true"]).code === 0;

t.test(
  "the loopback device is told to be up, and nothing else, whoever makes the namespace",
  { skip: unless(isRunt && straceWorks, "no strace that may trace") },
  (t) => {
    for (const change of [(): void => undefined, (config: TestConfig): void => mapUsers(config, 100000)]) {
      const c = container(t, change);
      const calls = join(c.directory, "calls");
      c.save();
      must(run(["strace", "-f", "-qq", "-e", "trace=ioctl", "-o", calls, ...c.argv("run", "--bundle", c.bundle, c.id)]));
      t.strictSame(readFileSync(calls, "utf8").match(/SIOCSIFFLAGS, .*$/gm), [
        'SIOCSIFFLAGS, {ifr_name="lo", ifr_flags=IFF_UP}) = 0',
      ]);
    }
    t.end();
  },
);

t.test("the host name is the container's alone", (t) => {
  const before = readFileSync("/proc/sys/kernel/hostname", "utf8");
  const c = container(t, (config) => (config.hostname = "inside-7"));
  t.equal(c.sh("hostname; cat /proc/sys/kernel/hostname").stdout, "inside-7\ninside-7\n");
  t.equal(readFileSync("/proc/sys/kernel/hostname", "utf8"), before);
  t.end();
});

t.test("the domain name is set", { skip: unless(isRunt, "the reference is older than `domainname`") }, (t) => {
  const c = container(t, (config) => (config["domainname"] = "example.test"));
  t.equal(c.sh("cat /proc/sys/kernel/domainname").stdout, "example.test\n");
  t.end();
});

t.test("a user namespace maps ids as told", (t) => {
  const c = container(t, (config) => mapUsers(config, 100000));
  for (const path of [c.directory, c.bundle, c.rootfs]) must(run(["chown", "100000:100000", path]));
  must(run(["chown", "-Rh", "100000:100000", c.rootfs]));
  const pid = c.startSleeping();
  t.not(namespaceOf(pid, "user"), namespaceOf("self", "user"));
  t.match(readFileSync(`/proc/${pid}/uid_map`, "utf8"), /^\s*0\s+100000\s+65536$/m);
  t.match(readFileSync(`/proc/${pid}/gid_map`, "utf8"), /^\s*0\s+100000\s+65536$/m);
  t.equal(statusField(pid, "Uid"), "100000\t100000\t100000\t100000");
  const inside = must(
    c.exec(["sh", "-c", "id -u; touch /made; ls -ln /made | awk '{print $3, $4}'; test -c /dev/null && echo null"]),
  );
  t.equal(inside.stdout, "0\n0 0\nnull\n");
  must(c.kill("KILL"));
  t.ok(waitUntil(() => c.status() === "stopped"));
  t.equal(c.delete().code, 0);
  t.end();
});

t.test(
  "a time namespace has its offsets",
  { skip: unless(isRunt && existsSync("/proc/self/ns/time"), "no time namespaces here") },
  (t) => {
    const c = container(t, (config) => {
      setNamespace(config, "time");
      config.linux["timeOffsets"] = { boottime: { secs: 86400, nanosecs: 0 }, monotonic: { secs: 7200, nanosecs: 500 } };
    });
    const pid = c.startSleeping();
    t.not(namespaceOf(pid, "time"), namespaceOf("self", "time"));
    t.match(readFileSync(`/proc/${pid}/timens_offsets`, "utf8"), /monotonic\s+7200\s+500\nboottime\s+86400\s+0/);
    const uptime = Number(must(c.exec(["cut", "-d.", "-f1", "/proc/uptime"])).stdout);
    const ours = Number(readFileSync("/proc/uptime", "utf8").split(".")[0]);
    t.ok(Math.abs(uptime - ours - 86400) < 60, `exec sees the offset: ${uptime} against ${ours}`);
    t.end();
  },
);

t.test(
  "without a pid namespace, kill -9 ends every process of the container",
  { skip: unless(isRunt, "the reference asks for --all") },
  (t) => {
    const c = container(t, (config) => {
      setNamespace(config, "pid", null);
      config.process.args = ["sh", "-c", "sleep 4711 & sleep 4711 & echo > /up; wait"];
    });
    must(c.create());
    must(c.start());
    t.ok(waitUntil(() => existsSync(join(c.rootfs, "up"))));
    t.ok(processesWith("4711").length >= 2);
    must(c.kill("KILL"));
    t.ok(waitUntil(() => processesWith("4711").length === 0));
    t.equal(c.delete("--force").code, 0);
    t.end();
  },
);

t.test("the same namespace twice is an error", (t) => {
  const c = container(t, (config) => config.linux.namespaces.push({ type: "pid" }));
  const result = c.create();
  t.equal(result.code, 1);
  t.match(result.stderr, /pid/);
  t.end();
});

t.test("a hostname without a uts namespace is an error, not a change to the host", (t) => {
  const before = readFileSync("/proc/sys/kernel/hostname", "utf8");
  const c = container(t, (config) => setNamespace(config, "uts", null));
  writeFileSync(join(c.directory, "note"), before);
  t.equal(c.create().code, 1);
  t.equal(readFileSync("/proc/sys/kernel/hostname", "utf8"), before);
  t.end();
});
