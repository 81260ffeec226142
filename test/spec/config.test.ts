// SPDX-License-Identifier: Apache-2.0
// @lanes host
/** config.md: encoding, extensibility, and the parts that no other test is about. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { container } from "../lib/container.ts";
import { mountOn } from "../lib/kernel.ts";
import { isRunt, unless } from "../lib/lane.ts";

t.test("a config.json that is not UTF-8 is refused", { skip: unless(isRunt, "the reference takes it") }, (t) => {
  const c = container(t, (config) => (config.hostname = "HOST"));
  c.save();
  const path = join(c.bundle, "config.json");
  const latin = Buffer.from(readFileSync(path, "utf8").replace("HOST", "gr\u00fcn"), "latin1");
  writeFileSync(path, latin);
  const result = c.command(["create", "--bundle", c.bundle, c.id]);
  t.equal(result.code, 1);
  t.match(result.stderr, /UTF-8/);
  t.equal(c.status(), "none");
  t.end();
});

/** Puts an unknown member into every object below `value`, but not into those whose members are names of something. */
function addUnknown(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((count: number, entry) => count + addUnknown(entry), 0);
  if (typeof value !== "object" || value === null) return 0;
  const entries = Object.entries(value).filter(([key]) => !["annotations", "sysctl", "unified", "rdma"].includes(key));
  const below = entries.reduce((count, [, entry]) => count + addUnknown(entry), 0);
  Object.assign(value, { "org.example.unknown": { a: [1, null] } });
  return below + 1;
}

t.test("an unknown property is passed over, wherever it is", (t) => {
  const c = container(t, (config) => {
    config.process.args = ["echo", "fine"];
    config.process.rlimits = [{ type: "RLIMIT_CORE", soft: 0, hard: 0 }];
    config.hooks = { createRuntime: [{ path: "/bin/true" }] };
    config.linux.devices = [{ type: "c", path: "/dev/x", major: 1, minor: 3 }];
    config.linux.resources.pids = { limit: 100 };
    config.linux.seccomp = { defaultAction: "SCMP_ACT_ALLOW", syscalls: [{ names: ["mkdir"], action: "SCMP_ACT_LOG" }] };
    t.ok(addUnknown(config) > 25, "in many objects");
  });
  const result = c.run();
  t.equal(result.stdout, "fine\n");
  t.equal(result.stderr, "");
  t.end();
});

t.test("an unknown annotation is passed over, and is in the state", (t) => {
  const c = container(t, (config) => {
    config.annotations = { "org.example.unknown": "{}", "org.opencontainers.image.nosuch": "", plain: "x" };
    config.process.args = ["sleep", "100"];
  });
  t.equal(c.create().code, 0);
  t.strictSame(c.state().annotations, c.config.annotations);
  t.end();
});

t.test("sections of other platforms are passed over", (t) => {
  const c = container(t, (config) => {
    Object.assign(config, {
      windows: { layerFolders: ["C:\\\\layer"] },
      solaris: { milestone: "svc:/milestone/container:default" },
      freebsd: { jail: { vnet: "new" } },
      zos: { namespaces: [{ type: "pid" }] },
      vm: { kernel: { path: "/k" } },
    });
    config.process.args = ["echo", "fine"];
  });
  t.equal(c.run().stdout, "fine\n");
  t.end();
});

t.test("a relative destination of a mount counts from the root", (t) => {
  const c = container(t, (config) => config.mounts.push({ destination: "from/root", type: "tmpfs", source: "relative" }));
  c.config.process.cwd = "/tmp";
  t.equal(mountOn(c.startSleeping(), "/from/root")?.source, "relative");
  t.end();
});

for (const value of [true, false]) {
  t.test(`root.readonly ${value}`, (t) => {
    const c = container(t, (config) => (config.root.readonly = value));
    const result = c.sh("touch /made && echo made");
    t.equal(result.stdout, value ? "" : "made\n");
    if (value) t.match(result.stderr, /Read-only file system/);
    t.end();
  });
}

t.test("an absolute root.path is taken as it is", (t) => {
  const c = container(t, (config) => (config.process.args = ["echo", "fine"]));
  c.config.root.path = c.rootfs;
  t.equal(c.run().stdout, "fine\n");
  t.end();
});
