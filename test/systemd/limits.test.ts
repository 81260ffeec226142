// SPDX-License-Identifier: Apache-2.0
// @lanes systemd
/** Limits through systemd: what `systemctl show` says, what the kernel's files say, and that they stay when systemd reloads. */
import t from "tap";
import { must } from "../lib/container.ts";
import { controllers, unless } from "../lib/lane.ts";
import { run } from "../lib/run.ts";
import { scopeContainer } from "../lib/systemd.ts";

function reload(): void {
  must(run(["systemctl", "daemon-reload"]));
}

interface Case {
  readonly name: string;
  readonly resources: Record<string, unknown>;
  /** As `systemctl show` prints them. */
  readonly properties: Record<string, string>;
  /** As the kernel has them. */
  readonly files: Record<string, string>;
  /** Where they are others after a reload. */
  readonly reloaded?: Record<string, string>;
}

const LIMITS = {
  memory: { limit: 64 << 20, reservation: 32 << 20, swap: 96 << 20 },
  cpu: { shares: 512, quota: 20000, period: 80000 },
  pids: { limit: 33 },
};

const UNIFIED = {
  "memory.max": "67108864",
  "memory.high": "50331648",
  "memory.low": "4194304",
  "memory.min": "2097152",
  "memory.oom.group": "1",
  "cpu.max": "30000 60000",
  "cpu.weight": "77",
  "pids.max": "44",
};

const CASES: readonly Case[] = [
  {
    name: "memory, cpu and pids",
    resources: LIMITS,
    properties: {
      MemoryMax: "67108864",
      MemoryLow: "33554432",
      MemorySwapMax: "33554432",
      CPUWeight: "59",
      CPUQuotaPerSecUSec: "250ms",
      CPUQuotaPeriodUSec: "80ms",
      TasksMax: "33",
    },
    files: {
      "memory.max": "67108864",
      "memory.low": "33554432",
      "cpu.weight": "59",
      "cpu.max": "20000 80000",
      "pids.max": "33",
    },
  },
  {
    name: "keys of unified",
    resources: { unified: UNIFIED },
    properties: {
      MemoryMax: "67108864",
      MemoryHigh: "50331648",
      MemoryLow: "4194304",
      MemoryMin: "2097152",
      CPUQuotaPerSecUSec: "500ms",
      CPUWeight: "77",
      TasksMax: "44",
      OOMPolicy: "kill",
    },
    files: UNIFIED,
  },
  {
    name: "what systemd has no property for",
    resources: {
      blockIO: { throttleReadBpsDevice: [{ major: 98, minor: 0, rate: 1000000 }] },
      cpu: { quota: 50000, period: 100000, burst: 10000 },
    },
    properties: { MemoryMax: "infinity", CPUQuotaPerSecUSec: "500ms" },
    files: { "io.max": "98:0 rbps=1000000 wbps=max riops=max wiops=max", "cpu.max.burst": "10000" },
  },
  { name: "an idle cgroup", resources: { cpu: { idle: 1 } }, properties: { CPUWeight: "idle" }, files: { "cpu.idle": "1" } },
  {
    name: "a quota between two percents: the greater, which is what systemd can say",
    resources: { cpu: { quota: 30303, period: 100000 } },
    properties: { CPUQuotaPerSecUSec: "310ms" },
    files: { "cpu.max": "31000 100000" },
  },
  {
    name: "the same as a key of unified",
    resources: { unified: { "cpu.max": "30303 50000" } },
    properties: { CPUQuotaPerSecUSec: "610ms" },
    files: { "cpu.max": "30500 50000" },
  },
  {
    name: "no further process, of which a reload makes one in all",
    resources: { pids: { limit: 0 } },
    properties: { TasksMax: "1" },
    files: { "pids.max": "0" },
    reloaded: { "pids.max": "1" },
  },
];

t.test("limits are properties and in the kernel's files, and stay when systemd reloads", (t) => {
  const started = CASES.map((limits) => {
    const c = scopeContainer(t, (config) => Object.assign(config.linux.resources, limits.resources));
    c.startSleeping();
    t.strictSame(c.files(limits.files), limits.files, limits.name);
    t.strictSame(c.properties(limits.properties), limits.properties, `${limits.name}, as systemd says`);
    return { c, limits };
  });
  reload();
  for (const { c, limits } of started) {
    const expected = { ...limits.files, ...limits.reloaded };
    t.strictSame(c.files(expected), expected, `${limits.name}, after a reload`);
  }
  t.end();
});

t.test("cpuset", { skip: unless(controllers().includes("cpuset"), "the kernel has no cpuset") }, (t) => {
  const c = scopeContainer(t, (config) => (config.linux.resources.cpu = { cpus: "0", mems: "0" }));
  c.startSleeping();
  t.equal(c.property("AllowedCPUs"), "0");
  t.equal(c.property("AllowedMemoryNodes"), "0");
  t.equal(c.file("cpuset.cpus"), "0");
  t.end();
});

t.test("update changes properties and files", (t) => {
  const c = scopeContainer(t, (config) => Object.assign(config.linux.resources, LIMITS));
  c.startSleeping();
  must(c.command(["update", "--memory", "48m", "--pids-limit", "22", c.id]));
  must(c.command(["update", "--cpu-quota", "40404", "--cpu-share", "1024", c.id]));
  const files = { "memory.max": "50331648", "pids.max": "22", "cpu.max": "40800 80000", "cpu.weight": "100" };
  const properties = { MemoryMax: "50331648", TasksMax: "22", CPUQuotaPerSecUSec: "510ms", CPUWeight: "100" };
  t.strictSame(c.files(files), files);
  t.strictSame(c.properties(properties), properties);
  must(c.command(["update", "--memory", "47m", c.id]));
  t.equal(c.file("cpu.max"), "40800 80000");
  must(c.command(["update", "-r", "-", c.id], { input: JSON.stringify({ unified: { "cpu.max": "20000" } }) }));
  reload();
  t.equal(c.file("cpu.max"), "20000 80000", "a quota alone is one in the period that there is");
  t.end();
});

t.test("update -r takes limits away", (t) => {
  const c = scopeContainer(t, (config) => Object.assign(config.linux.resources, LIMITS));
  c.startSleeping();
  const input = JSON.stringify({ memory: { limit: -1 }, pids: { limit: -1 }, cpu: { quota: -1 } });
  must(c.command(["update", "-r", "-", c.id], { input }));
  const properties = { MemoryMax: "infinity", TasksMax: "infinity", CPUQuotaPerSecUSec: "infinity" };
  t.strictSame(c.properties(properties), properties);
  reload();
  t.match(c.files({ "memory.max": "", "pids.max": "", "cpu.max": "" }), {
    "memory.max": "max",
    "pids.max": "max",
    "cpu.max": /^max /,
  });
  t.end();
});

t.test("an update that the kernel refuses changes nothing at systemd", (t) => {
  const c = scopeContainer(t, (config) => Object.assign(config.linux.resources, LIMITS));
  c.startSleeping();
  const input = JSON.stringify({ pids: { limit: 11 }, unified: { "memory.high": "rubbish" } });
  t.not(c.command(["update", "-r", "-", c.id], { input }).code, 0);
  t.equal(c.file("pids.max"), "33");
  t.equal(c.property("TasksMax"), "33");
  t.end();
});

t.test("annotations are properties of the scope; seconds become microseconds", (t) => {
  const c = scopeContainer(t, (config) => {
    config.annotations = {
      "org.systemd.property.TimeoutStopUSec": "uint64 5000000",
      "org.systemd.property.RuntimeMaxSec": "1234.5",
      "org.systemd.property.Description": "'a web server'",
      "org.systemd.property.After": "['basic.target', 'dbus.service']",
      "org.systemd.property.MemoryMax": "uint64 44040192",
      "other.annotation": "stays",
    };
  });
  c.startSleeping();
  const properties = {
    TimeoutStopUSec: "5s",
    RuntimeMaxUSec: "20min 34.500000s",
    Description: "a web server",
    MemoryMax: "44040192",
  };
  t.strictSame(c.properties(properties), properties);
  t.match(c.property("After"), /basic\.target/);
  t.match(c.property("After"), /dbus\.service/);
  t.equal(c.state().annotations?.["other.annotation"], "stays");
  t.end();
});

t.test("annotations that are none are refused by name", (t) => {
  for (const [name, value, message] of [
    ["TimeoutStopUSec", "uint64", /org\.systemd\.property\.TimeoutStopUSec/],
    ["Timeout-Stop", "5", /three or more letters/],
    ["TimeoutStopSec", "soon", /number of seconds/],
    ["NoSuchThing", "uint64 5", /NoSuchThing/],
  ] as const) {
    const c = scopeContainer(t, (config) => (config.annotations = { [`org.systemd.property.${name}`]: value }));
    const result = c.create();
    t.not(result.code, 0, name);
    t.match(result.stderr, message);
    t.equal(c.status(), "none");
    t.notOk(c.hasCgroup);
  }
  t.end();
});

/** /dev/kmsg, which no container has, and /dev/zero, which all have. */
const DEVICES = ["mknod /dev/kmsg c 1 11", "head -c 0 /dev/kmsg && echo kmsg", "head -c 0 /dev/zero && echo zero"].join("; ");

t.test("device rules are systemd's as well as the kernel's, and hold after a reload", (t) => {
  const kmsg = { allow: true, type: "c", minor: 11, access: "r" };
  const cases = [
    { rules: [], policy: "strict", allowed: /^char-\* m$/m, seen: "zero\n" },
    { rules: [{ ...kmsg, major: 1 }], policy: "strict", allowed: /^\/dev\/char\/1:11 r$/m, seen: "kmsg\nzero\n" },
    { rules: [kmsg], policy: "auto", allowed: /^$/, seen: "kmsg\nzero\n" }, // systemd has no words for it
  ];
  const started = cases.map((of) => {
    const c = scopeContainer(t, (config) => config.linux.resources.devices?.push(...of.rules));
    c.startSleeping();
    t.equal(c.property("DevicePolicy"), of.policy);
    t.match(c.property("DeviceAllow"), of.allowed);
    t.equal(c.exec(["sh", "-c", DEVICES]).stdout, of.seen);
    return { c, seen: of.seen };
  });
  reload();
  for (const { c, seen } of started) t.equal(c.exec(["sh", "-c", DEVICES]).stdout, seen, "after a reload");
  t.end();
});
