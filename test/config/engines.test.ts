// SPDX-License-Identifier: Apache-2.0
// @lanes host
/** Configs that Docker, containerd, Podman, runc and crun wrote, run as they are. */
import t from "tap";
import { container, must } from "../lib/container.ts";
import { fixtureNames, readFixture, useFixture } from "../lib/fixture.ts";
import { capabilityNumbers, limits, mountOn, statusField } from "../lib/kernel.ts";
import { isRunt, mayRaiseLimits, unless } from "../lib/lane.ts";
import { run } from "../lib/run.ts";

for (const name of fixtureNames().filter((fixture) => fixture !== "runc-rootless")) {
  t.test(
    `the config of ${name} runs`,
    { skip: unless(isRunt || name !== "docker-privileged", "the reference needs all capabilities") },
    (t) => {
      const c = container(t);
      const config = useFixture(c, name);
      const userns = config.linux.namespaces.some((namespace) => namespace.type === "user");
      if (userns) must(run(["chown", "-Rh", "100000:100000", c.bundle]));
      const pid = c.startSleeping();
      const wanted = (config.process.capabilities?.bounding ?? []).filter((cap) => mayRaiseLimits || cap !== "CAP_SYS_RESOURCE");
      t.equal(capabilityNumbers(statusField(pid, "CapBnd")).length, wanted.length, "capabilities");
      t.equal(statusField(pid, "Seccomp"), config.linux.seccomp === undefined ? "0" : "2", "seccomp");
      t.equal(statusField(pid, "NoNewPrivs"), config.process.noNewPrivileges === true ? "1" : "0", "noNewPrivileges");
      for (const limit of config.process.rlimits ?? []) {
        if (limit.type === "RLIMIT_NOFILE") t.strictSame(limits(pid, "open files"), [String(limit.soft), String(limit.hard)]);
      }
      t.equal(mountOn(pid, "/")?.options.includes("ro"), config.root.readonly === true, "root");
      for (const mount of config.mounts) t.ok(mountOn(pid, mount.destination), mount.destination);
      const exec = c.exec(["true"]);
      t.equal(exec.code, 0, `exec ${exec.stderr}`);
      t.equal(c.delete("--force").code, 0);
      t.end();
    },
  );
}

t.test("unknown members and sections for other systems are passed over", (t) => {
  const c = container(t, (config) => {
    Object.assign(config, readFixture("runc-spec"), {
      "org.example.unknown": { a: 1 },
      windows: { layerFolders: ["x"] },
      vm: { kernel: { path: "/k" } },
    });
    config.process.terminal = false;
    config.process.args = ["echo", "fine"];
    config.process["unknown"] = [1, 2];
    config.linux["unknown"] = null;
  });
  t.equal(c.run().stdout, "fine\n");
  t.end();
});

t.test("empty sections are as good as none", (t) => {
  const c = container(t, (config) => {
    config.hooks = {};
    config.annotations = {};
    config.linux.resources = {};
    config.linux.maskedPaths = [];
    config.linux.readonlyPaths = [];
    config.linux.devices = [];
    config.linux["sysctl"] = {};
    config.process.rlimits = [];
    config.process["oomScoreAdj"] = 0;
    config.process.args = ["echo", "fine"];
  });
  t.equal(c.run().stdout, "fine\n");
  t.end();
});
