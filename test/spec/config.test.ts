// SPDX-License-Identifier: Apache-2.0
// @lanes host
/** config.md: encoding, extensibility, and the parts that no other test is about. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { container, must } from "../lib/container.ts";
import type { Container } from "../lib/container.ts";
import { mountOn } from "../lib/kernel.ts";
import { isRunt, runtime, unless } from "../lib/lane.ts";
import { run, waitUntil } from "../lib/run.ts";

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

t.test("a signal for stopping is what kill sends when it is told none", { skip: unless(isRunt, "for runt alone") }, (t) => {
  const started = (signal: string): Container => {
    const c = container(t, (config) => {
      config.annotations = { "org.opencontainers.image.stopSignal": signal };
      config.process.args = [
        "sh",
        "-c",
        'for s in TERM QUIT INT; do trap "echo $s >> /got" $s; done; > /up; while :; do sleep 0.02; done',
      ];
    });
    must(c.create());
    must(c.start());
    t.ok(waitUntil(() => existsSync(join(c.rootfs, "up"))));
    return c;
  };
  const got = (c: Container): string => (existsSync(join(c.rootfs, "got")) ? c.read("got") : "");
  const c = started("SIGQUIT");
  must(c.kill());
  t.ok(
    waitUntil(() => got(c) === "QUIT\n"),
    "the one that is named",
  );
  must(c.kill("INT"));
  t.ok(
    waitUntil(() => got(c) === "QUIT\nINT\n"),
    "unless kill names another",
  );
  const wrong = started("SIGNOTHING");
  const result = wrong.kill();
  t.equal(result.code, 1, "a value that is no signal is an error");
  t.match(result.stderr, /unknown signal "SIGNOTHING"/);
  t.equal(got(wrong), "");
  t.end();
});

t.test(
  "the annotations that runt acts on are named by a domain read backwards",
  { skip: unless(isRunt, "for runt alone") },
  (t) => {
    const names: string[] = JSON.parse(must(run([runtime, "features"])).stdout).potentiallyUnsafeConfigAnnotations;
    t.ok(names.length > 10);
    for (const name of names) t.match(name, /^(run\.oci|org\.criu|org\.systemd)\.[a-z_.0-9-]+$/);
    t.end();
  },
);

t.test("an ociVersion with a pre-release and build metadata is taken", (t) => {
  for (const version of ["1.0.2-dev", "1.1.0-rc.3", "1.2.1+dev", "1.3.0-alpha.1+build.5"]) {
    const c = container(t, (config) => (config.ociVersion = version));
    c.config.process.args = ["echo", "fine"];
    t.equal(c.run().stdout, "fine\n", version);
  }
  t.end();
});

t.test("the config that spec writes keeps to the conventions", (t) => {
  const c = container(t);
  must(c.command(["spec", "--bundle", c.bundle]));
  const { root, mounts } = JSON.parse(readFileSync(join(c.bundle, "config.json"), "utf8"));
  t.equal(root.path, "rootfs");
  t.ok(mounts.length > 3);
  for (const { destination } of mounts) t.match(destination, /^\//);
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
