// SPDX-License-Identifier: Apache-2.0
// @lanes host @timeout 120
/**
 * CVE-2021-43784: input of more than 64 KiB ran over a 16 bit length between the runtime and init, and what came after it was taken
 * for another field. Here such input is taken whole or refused with a message that names it, and the container's namespaces, ids and
 * paths are those of the config.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { mapUsers } from "../lib/config.ts";
import type { TestConfig } from "../lib/config.ts";
import { container, must } from "../lib/container.ts";
import type { Container } from "../lib/container.ts";
import { namespaceOf } from "../lib/kernel.ts";
import { isRunt, unless } from "../lib/lane.ts";
import { run, waitUntil } from "../lib/run.ts";

const LONG = "x".repeat(70_000);
const skip = unless(isRunt, "the reference words it differently");

/** A bare name may be 255 bytes long, so this has many. */
const LONG_PATH = "/deep".repeat(14_000);

/** Each of the container's namespaces is another one than the host's. */
function isIsolated(pid: number): boolean {
  return ["pid", "net", "ipc", "uts", "mnt"].every((kind) => namespaceOf(pid, kind) !== namespaceOf("self", kind));
}

/** What is taken as it is, and how it shows in the container. */
const TAKEN: readonly { name: string; change: (config: TestConfig) => void; seen: (c: Container, pid: number) => boolean }[] = [
  {
    name: "an argument",
    change: (config) => (config.process.args = ["sh", "-c", "sleep 100; true", LONG]),
    seen: (_, pid) => readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(LONG),
  },
  {
    name: "2,000 arguments",
    change: (config) =>
      (config.process.args = [
        "sh",
        "-c",
        "sleep 100; true",
        ...Array.from({ length: 2000 }, (_, i) => `${i}-${"a".repeat(40)}`),
      ]),
    seen: (_, pid) => readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(`1999-${"a".repeat(40)}`),
  },
  {
    name: "a variable",
    change: (config) => config.process.env.push(`LONG=${LONG}`, "LAST=1"),
    seen: (_, pid) => readFileSync(`/proc/${pid}/environ`, "utf8").includes(`LONG=${LONG}\0LAST=1`),
  },
  {
    name: "an annotation",
    change: (config) => (config.annotations = { "org.example.long": LONG, "org.example.other": "other" }),
    seen: (c) => c.state().annotations?.["org.example.long"] === LONG && c.state().annotations?.["org.example.other"] === "other",
  },
  {
    name: "3,000 annotations",
    change: (config) =>
      (config.annotations = Object.fromEntries(Array.from({ length: 3000 }, (_, i) => [`org.example.a${i}`, `value ${i}`]))),
    seen: (c) => c.state().annotations?.["org.example.a2999"] === "value 2999",
  },
  {
    name: "an unknown member",
    change: (config) => (config["futureMember"] = { text: LONG }),
    seen: () => true,
  },
  {
    name: "2,000 masked paths",
    change: (config) =>
      config.linux.maskedPaths.push(...Array.from({ length: 2000 }, (_, i) => `/no/such/${"m".repeat(30)}${i}`)),
    seen: () => true,
  },
];

for (const { name, change, seen } of TAKEN) {
  t.test(`CVE-2021-43784: ${name} of 70 kB is taken whole`, (t) => {
    const c = container(t, (config) => {
      config.process.args = ["sleep", "100"];
      change(config);
    });
    must(c.create());
    must(c.start());
    const { pid } = c.state();
    t.ok(waitUntil(() => seen(c, pid), 5));
    t.ok(isIsolated(pid), "the namespaces");
    t.equal(readFileSync(`/proc/${pid}/uid_map`, "utf8").trim().split(/\s+/).join(" "), "0 0 4294967295");
    t.end();
  });
}

/** What the kernel has no room for, and the word by which the message names it. */
const REFUSED: readonly { name: string; change: (config: TestConfig) => void; said: RegExp }[] = [
  { name: "the working directory", change: (config) => (config.process.cwd = LONG_PATH), said: /working directory|cwd/ },
  {
    name: "one name in the working directory",
    change: (config) => (config.process.cwd = `/${LONG}`),
    said: /working directory|cwd/,
  },
  { name: "the host name", change: (config) => (config.hostname = LONG), said: /hostname/ },
  { name: "the domain name", change: (config) => (config["domainname"] = LONG), said: /domainname/ },
  {
    name: "a mount's destination",
    change: (config) => config.mounts.push({ destination: `/${LONG}`, type: "tmpfs", source: "tmpfs" }),
    said: /mount "tmpfs" on|mounts\[\d+\]/,
  },
  {
    name: "a mount's source",
    change: (config) => config.mounts.push({ destination: "/mnt", type: "bind", source: LONG_PATH, options: ["bind"] }),
    said: /bind "|mounts\[\d+\]/,
  },
  {
    name: "a mount's data",
    change: (config) => config.mounts.push({ destination: "/mnt", type: "tmpfs", source: "tmpfs", options: [`size=${LONG}`] }),
    said: /mount "tmpfs" on "\/mnt"|mounts\[\d+\]/,
  },
  { name: "the cgroup's path", change: (config) => (config.linux.cgroupsPath = `/${LONG}`), said: /cgroup/ },
  { name: "the root file system's path", change: (config) => (config.root.path = `/${LONG}`), said: /root/ },
  {
    name: "a namespace's path",
    change: (config) => config.linux.namespaces.push({ type: "cgroup", path: `/${LONG}` }),
    said: /namespace/,
  },
  { name: "a kernel parameter", change: (config) => (config.linux["sysctl"] = { [`net.${LONG}`]: "1" }), said: /sysctl/ },
  { name: "the program", change: (config) => (config.process.args = [LONG_PATH]), said: /exec|start/ },
  {
    name: "an argument longer than the kernel's limit",
    change: (config) => config.process.args.push("x".repeat(140_000)),
    said: /exec/,
  },
];

for (const { name, change, said } of REFUSED) {
  t.test(`CVE-2021-43784: ${name} of 70 kB is refused, and the message says so`, { skip }, (t) => {
    const c = container(t, change);
    const result = c.run();
    t.equal(result.code, 1);
    t.match(result.stderr, said);
    t.match(result.stderr, /ENAMETOOLONG|E2BIG|too long|bytes long|at most|longer|EINVAL|invalid|must/);
    t.equal(result.stdout, "");
    t.equal(c.status(), "none");
    t.end();
  });
}

t.test("CVE-2021-43784: id maps of 70 kB are refused, and the largest that the kernel takes are those of the container", (t) => {
  const maps = (count: number, base = 10_000): unknown[] =>
    Array.from({ length: count }, (_, i) => ({ containerID: i * 2, hostID: base + i * 2, size: 1 }));
  const c = container(t, (config) => {
    mapUsers(config, 10000);
    config.linux["uidMappings"] = config.linux["gidMappings"] = maps(340);
    for (const mount of config.mounts) mount.options = mount.options?.filter((option) => option !== "gid=5") ?? [];
  });
  must(run(["chown", "-Rh", "10000:10000", c.bundle]));
  const pid = c.startSleeping();
  for (const map of ["uid_map", "gid_map"]) {
    const lines = readFileSync(`/proc/${pid}/${map}`, "utf8").trim().split("\n");
    t.equal(lines.length, 340);
    t.match(lines.at(-1), /^\s*678\s+10678\s+1$/);
  }
  t.ok(isIsolated(pid));
  must(c.delete("--force"));
  for (const [map, said] of [
    [maps(3000), /linux\.uidMappings has 3000 entries/],
    [maps(340, 1_000_000_000), /uid_map[^]*EINVAL[^]*hint: the kernel takes a map of at most 4095 bytes/],
  ] as const) {
    c.config.linux["uidMappings"] = map;
    const refused = c.create();
    t.equal(refused.code, 1);
    if (isRunt) t.match(refused.stderr, said);
    t.equal(c.status(), "none");
  }
  t.end();
});

t.test("CVE-2021-43784: exec with input of 70 kB", (t) => {
  const c = container(t);
  const pid = c.startSleeping();
  const where = "readlink /proc/self/ns/net; readlink /proc/self/ns/mnt; echo $$ ${#LONG} ${#1}";
  const result = must(c.exec(["sh", "-c", where, "sh", LONG], ["--env", `LONG=${LONG}`]));
  t.equal(result.stdout.split("\n")[0], namespaceOf(pid, "net"));
  t.equal(result.stdout.split("\n")[1], namespaceOf(pid, "mnt"));
  t.match(result.stdout, /^\d+ 70000 70000$/m);
  const file = join(c.directory, "process.json");
  const process = {
    args: ["sh", "-c", where, "sh", LONG],
    cwd: "/",
    env: [`LONG=${LONG}`, "PATH=/bin"],
    user: { uid: 0, gid: 0 },
  };
  writeFileSync(file, JSON.stringify(process));
  t.match(must(c.command(["exec", "--process", file, c.id])).stdout, /^\d+ 70000 70000$/m);
  writeFileSync(file, JSON.stringify({ ...process, cwd: LONG_PATH }));
  t.equal(c.command(["exec", "--process", file, c.id]).code, 255);
  t.equal(c.exec(["true"], ["--cwd", LONG_PATH]).code, 255);
  t.equal(c.exec(["true"], ["--user", "1".repeat(70_000)]).code, 255);
  t.equal(c.exec(["true"], ["--cgroup", `/${LONG}`]).code, 255);
  t.equal(c.status(), "running");
  t.end();
});

t.test("CVE-2021-43784: what init says of its failure may be long, and is still its message", { skip }, (t) => {
  // Each part of the message is cut by itself, so the whole is a message that the runtime can read.
  const c = container(t, (config) => (config.process.args = [`/${"é".repeat(60_000)}`]));
  const result = c.run();
  t.equal(result.code, 1);
  t.match(result.stderr, /^runt run failed: unable to start container process: exec/);
  t.equal(c.status(), "none");
  t.end();
});
