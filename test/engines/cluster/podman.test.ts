// SPDX-License-Identifier: Apache-2.0
// @lanes cluster @timeout 100
/** Podman whose cgroups are made by systemd, which is what it does where there is one; and systemd in a container. */
import assert from "node:assert/strict";
import { mkdtempSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { must } from "../../lib/container.ts";
import { temporary } from "../../lib/lane.ts";
import { run, waitUntil } from "../../lib/run.ts";
import { compare } from "../lib/compare.ts";
import type { Case } from "../lib/compare.ts";
import { PODMAN_NEEDS, Podman, podmanName } from "../lib/podman.ts";
import { DENIED_DEVICE, assertUnit, cgroupOf, hasCgroup, properties, reloadSystemd, unitsWith } from "./units.ts";

const SLEEP = "exec sleep 1000";
const LIMITS = ["--memory", "64m", "--cpus", "0.5", "--pids-limit", "33"];
const LIMITED = {
  properties: { MemoryMax: "67108864", CPUQuotaPerSecUSec: "500ms", TasksMax: "33" },
  files: { "memory.max": "67108864", "cpu.max": "50000 100000", "pids.max": "33" },
};

/** A view of this Debian as the root of a container, without the service of the tests; to be unmounted. */
function ownRoot(): string {
  const directory = mkdtempSync(join(temporary, "root-"));
  const [upper, work, root] = ["upper", "work", "root"].map((name) => join(directory, name));
  for (const path of [upper, work, root]) mkdirSync(path ?? "");
  must(run(["mount", "-t", "overlay", "overlay", "-o", `lowerdir=/,upperdir=${upper},workdir=${work}`, root ?? ""]));
  rmSync(join(root ?? "", "etc/systemd/system/multi-user.target.wants/guest-script.service"));
  return root ?? "";
}

const cases: Case<Podman>[] = [
  {
    name: "a container has a scope in machine.slice with its limits, which a reload of systemd keeps; nothing is left of it",
    run: (podman) => {
      const pid = podman.start("a", `sleep 1001 & ${SLEEP}`, ...LIMITS);
      const cgroup = cgroupOf(pid);
      const unit = `libpod-${podman.inspect("a", "{{.Id}}")}.scope`;
      assert.equal(cgroup, `/machine.slice/${unit}`);
      const expected = { Slice: "machine.slice", Delegate: "yes", ControlGroup: cgroup };
      assert.deepEqual(properties(unit, Object.keys(expected)), expected);
      const devices = (): string => podman.ok("exec", "a", "sh", "-c", DENIED_DEVICE);
      assertUnit(unit, cgroup, LIMITED);
      assert.equal(devices(), "zero");
      reloadSystemd();
      assertUnit(unit, cgroup, LIMITED);
      assert.equal(devices(), "zero", "after a reload");
      podman.ok("stop", "a");
      assert.ok(waitUntil(() => !hasCgroup(cgroup) && unitsWith(unit).length === 0));
    },
  },
  {
    name: "a pod has a slice, and its containers scopes in it",
    run: (podman) => {
      const pod = podman.ok("pod", "create", "--network", "none", "--name", "p");
      const slice = `machine-libpod_pod_${pod}.slice`;
      const pid = podman.start("a", SLEEP, "--pod", "p");
      assert.equal(cgroupOf(pid), `/machine.slice/${slice}/libpod-${podman.inspect("a", "{{.Id}}")}.scope`);
      podman.ok("pod", "rm", "--force", "--time", "0", "p");
      assert.ok(waitUntil(() => !hasCgroup(`/machine.slice/${slice}`)));
    },
  },
  {
    name: "a container with a systemd of its own: it rules the cgroups below its scope, exec goes in, and it stops in order",
    run: (podman) => {
      const root = ownRoot();
      try {
        const flags = ["--detach", "--name", "s", "--systemd", "always", "--memory", "300m", "--rootfs"];
        podman.ok(...podman.run(flags, root, "/lib/systemd/systemd", "--unit=basic.target"));
        const pid = podman.pid("s");
        const cgroup = `/machine.slice/libpod-${podman.inspect("s", "{{.Id}}")}.scope`;
        assert.ok(waitUntil(() => hasCgroup(`${cgroup}/system.slice`) && hasCgroup(`${cgroup}/init.scope`), 30));
        assert.equal(cgroupOf(pid), `${cgroup}/init.scope`);
        const active = (): string => podman.command(["exec", "s", "systemctl", "is-active", "basic.target"]).stdout.trim();
        assert.ok(waitUntil(() => active() === "active", 40));
        podman.ok("exec", "s", "systemd-run", "--unit", "job", "--property", "MemoryMax=10M", "sleep", "1000");
        reloadSystemd();
        const files = { "memory.max": String(10 << 20) };
        assertUnit(`${cgroup.split("/").at(-1) ?? ""}`, `${cgroup}/system.slice/job.service`, {
          properties: { Delegate: "yes" },
          files,
        });
        podman.ok("stop", "--time", "20", "s");
        assert.ok(waitUntil(() => !hasCgroup(cgroup)));
      } finally {
        podman.command(["rm", "--force", "--time", "0", "s"]);
        run(["umount", "--lazy", root]);
      }
    },
  },
];

await compare({
  engine: `${podmanName()}, systemd`,
  needs: PODMAN_NEEDS,
  open: (runtime) => new Podman(runtime, { systemd: true }),
  cases,
});
