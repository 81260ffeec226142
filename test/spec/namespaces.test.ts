// SPDX-License-Identifier: Apache-2.0
// @lanes host v2
/** config-linux.md, "Namespaces" and "User namespace mappings", type by type. */
import { existsSync, lstatSync, readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import type { Test } from "tap";
import { mapUsers, setNamespace } from "../lib/config.ts";
import type { TestConfig } from "../lib/config.ts";
import { container, must } from "../lib/container.ts";
import type { Container } from "../lib/container.ts";
import { mountOn, namespaceOf, NAMESPACES, statusField } from "../lib/kernel.ts";
import { isRunt, unless } from "../lib/lane.ts";
import { Background, run, waitUntil } from "../lib/run.ts";
import type { Result } from "../lib/run.ts";

const runt = { skip: unless(isRunt, "the reference knows less") };

const BASE = 100000;

const has = (proc: string): string | false => unless(existsSync(`/proc/self/ns/${proc}`), `no ${proc} namespaces here`);

/** The config may run with any combination of namespaces: no names to be set, no mounts that want a namespace of their own. */
function modest(config: TestConfig): void {
  delete config.hostname;
  config.mounts = config.mounts.filter(({ type }) => !["sysfs", "cgroup", "mqueue"].includes(type ?? ""));
}

/** A container whose root belongs to the ids that a user namespace maps. */
function mapped(t: Test, change?: (config: TestConfig) => void): Container {
  const c = container(t, change);
  must(run(["chown", "-Rh", `${BASE}:${BASE}`, c.bundle]));
  must(run(["chown", `${BASE}:${BASE}`, c.directory]));
  return c;
}

/** A process outside of any container that has a namespace of each type but pid and time, which begin with a child. */
function holder(t: Test): number {
  const held = new Background(["unshare", "-m", "-n", "-i", "-u", "-C", "--propagation", "private", "sleep", "100"]);
  t.teardown(() => held.dispose());
  const unshared = (): boolean => ["mnt", "cgroup"].every((proc) => namespaceOf(held.pid, proc) !== namespaceOf("self", proc));
  if (!waitUntil(unshared)) throw new Error("unshare(1) does not work here");
  return held.pid;
}

for (const { type, proc } of NAMESPACES) {
  t.test(`a new ${type} namespace`, { skip: runt.skip || has(proc) }, (t) => {
    const c = mapped(t, (config) => (type === "user" ? mapUsers(config, BASE) : setNamespace(config, type)));
    t.not(namespaceOf(c.startSleeping(), proc), namespaceOf("self", proc));
    t.end();
  });

  t.test(`a ${type} namespace that the config does not name is the runtime's`, { skip: runt.skip || has(proc) }, (t) => {
    const c = container(t, (config) => {
      modest(config);
      setNamespace(config, type, null);
      if (type === "mount") {
        config.mounts = [];
        config.linux.maskedPaths = config.linux.readonlyPaths = [];
      }
    });
    t.equal(namespaceOf(c.startSleeping(), proc), namespaceOf("self", proc));
    t.end();
  });

  t.test(`a ${type} namespace with a path is joined`, { skip: runt.skip || has(proc) }, (t) => {
    const first = mapped(t, (config) => {
      setNamespace(config, "time");
      mapUsers(config, BASE);
    });
    const owner = ["user", "pid", "time"].includes(type) ? first.startSleeping() : holder(t);
    const second = mapped(t, (config) => {
      modest(config);
      setNamespace(config, type, `/proc/${owner}/ns/${proc}`);
    });
    const pid = second.startSleeping();
    t.equal(namespaceOf(pid, proc), namespaceOf(owner, proc));
    t.not(namespaceOf(pid, proc), namespaceOf("self", proc));
    t.end();
  });

  t.test(`a ${type} namespace whose path is of another type is refused`, { skip: runt.skip || has(proc) }, (t) => {
    const other = type === "uts" ? "ipc" : "uts";
    const c = container(t, (config) => {
      modest(config);
      setNamespace(config, type, `/proc/self/ns/${other}`);
    });
    for (const path of [`/proc/self/ns/${other}`, "/proc/self/status", "/proc"]) {
      setNamespace(c.config, type, path);
      const result = c.create();
      t.equal(result.code, 1, path);
      t.match(result.stderr, new RegExp(`${type}|${path}`), path);
      t.equal(c.status(), "none", path);
    }
    t.end();
  });

  t.test(`two namespaces of type ${type} are refused`, { skip: runt.skip || has(proc) }, (t) => {
    const c = container(t, (config) => {
      setNamespace(config, type);
      config.linux.namespaces.push({ type });
    });
    const result = c.create();
    t.equal(result.code, 1);
    t.match(result.stderr, new RegExp(type));
    t.equal(c.status(), "none");
    t.end();
  });
}

/** A container that joins the user namespace of another, and repeats its mappings, as CRI-O does for a pod. */
function joined(t: Test, change?: (config: TestConfig) => void): Container {
  const owner = mapped(t, (config) => mapUsers(config, BASE)).startSleeping();
  return mapped(t, (config) => {
    modest(config);
    mapUsers(config, BASE);
    setNamespace(config, "user", `/proc/${owner}/ns/user`);
    change?.(config);
  });
}

t.test("a user namespace that is joined, with its mappings given again", runt, (t) => {
  const c = joined(t);
  const hidden = join(c.directory, "hidden");
  must(run(["sh", "-c", `mkdir -m 700 ${hidden} && mkdir ${hidden}/source && echo seen >${hidden}/source/file`]));
  c.config.mounts.push({ destination: "/mnt", type: "bind", source: `${hidden}/source`, options: ["bind"] });
  const pid = c.startSleeping();
  t.match(readFileSync(`/proc/${pid}/uid_map`, "utf8"), new RegExp(`^\\s*0\\s+${BASE}\\s+65536$`, "m"));
  t.equal(statusField(pid, "Uid"), `${BASE}\t${BASE}\t${BASE}\t${BASE}`);
  const { stdout } = must(c.exec(["sh", "-c", "id -u; cat /mnt/file; touch /made && stat -c %u /made"]));
  t.equal(stdout, "0\nseen\n0\n", "what its root has no way to is mounted, too");
  t.end();
});

t.test("a user namespace that is joined, with other mappings than it has, is refused", runt, (t) => {
  for (const field of ["uidMappings", "gidMappings"] as const) {
    const c = joined(t, (config) => (config.linux[field] = [{ containerID: 0, hostID: BASE + 1, size: 65536 }]));
    const result = c.create();
    t.equal(result.code, 1);
    const [wanted, found] = [`0 ${BASE + 1} 65536`, `0 ${BASE} 65536`];
    t.match(result.stderr, `linux.${field} maps ${wanted}, and the user namespace that is joined by path maps ${found}`);
    t.equal(c.status(), "none");
  }
  t.end();
});

t.test("a user namespace does not change who owns the files", (t) => {
  const c = mapped(t, (config) => mapUsers(config, BASE));
  const beside = join(c.directory, "beside");
  must(run(["sh", "-c", `mkdir ${beside} && touch ${beside}/ours && chown 0:0 ${beside}/ours`]));
  c.config.mounts.push({ destination: "/beside", type: "bind", source: beside, options: ["bind"] });
  const paths = ["bin", "bin/busybox", "etc/passwd", "bin/sh"].map((path) => join(c.rootfs, path)).concat(join(beside, "ours"));
  const owners = (): string[] => paths.map((path) => `${lstatSync(path).uid}:${lstatSync(path).gid}`);
  const before = owners();
  c.startSleeping();
  t.strictSame(owners(), before, "while it runs");
  must(c.delete("--force"));
  t.strictSame(owners(), before, "and afterwards");
  t.end();
});

t.test("root of a new user namespace owns what the kernel made with the other new ones", (t) => {
  const c = mapped(t, (config) => mapUsers(config, BASE));
  const result = c.sh(
    "stat -c '%u %n' /dev/mqueue /sys/class/net/lo/mtu /proc/sys/net/ipv4/ip_forward; echo 1400 > /sys/class/net/lo/mtu",
  );
  t.equal(result.stdout, "0 /dev/mqueue\n0 /sys/class/net/lo/mtu\n0 /proc/sys/net/ipv4/ip_forward\n");
  t.end();
});

t.test("a container without a mount namespace has its root, and the mounts of the runtime", runt, (t) => {
  const c = container(t, (config) => {
    modest(config);
    setNamespace(config, "mount", null);
    config.mounts = [];
    config.linux.maskedPaths = config.linux.readonlyPaths = [];
  });
  const pid = c.startSleeping();
  t.equal(must(c.exec(["cat", "/etc/passwd"])).stdout, c.read("etc/passwd"));
  t.equal(mountOn("self", c.rootfs), undefined);
  t.equal(namespaceOf(pid, "mnt"), namespaceOf("self", "mnt"));
  t.end();
});

t.test("a path to the runtime's own mount or uts namespace moves neither its root nor its name", runt, (t) => {
  const c = container(t, (config) => {
    modest(config);
    setNamespace(config, "mount", "/proc/self/ns/mnt");
    config.mounts = [];
    config.linux.maskedPaths = config.linux.readonlyPaths = [];
    config.process.args = ["true"];
  });
  c.save();
  // In namespaces of the test's own: whoever gets this wrong takes the root away from all who share it.
  const own = (script: string): Result =>
    run([
      "unshare",
      "-m",
      "-u",
      "--propagation",
      "private",
      "sh",
      "-c",
      script,
      "sh",
      ...c.argv("run", "--bundle", c.bundle, c.id),
    ]);
  const result = own(`"$@"; echo $?; test -e ${c.bundle}/config.json && echo there`);
  t.equal(result.stdout, "0\nthere\n");
  setNamespace(c.config, "mount");
  setNamespace(c.config, "uts", "/proc/self/ns/uts");
  c.config.hostname = "another";
  c.save();
  t.match(own('"$@"; uname -n').stderr, /the container shares the host's UTS namespace/);
  t.end();
});
