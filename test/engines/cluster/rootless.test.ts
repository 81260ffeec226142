// SPDX-License-Identifier: Apache-2.0
// @lanes cluster @timeout 70
/** Podman of an ordinary user who has a systemd, with the controllers that it was given. */
import assert from "node:assert/strict";
import { must } from "../../lib/container.ts";
import { run, waitUntil } from "../../lib/run.ts";
import { compare } from "../lib/compare.ts";
import type { Case } from "../lib/compare.ts";
import { PODMAN_NEEDS, Podman, podmanName } from "../lib/podman.ts";
import { assertUnit, cgroupOf, hasCgroup, properties, unitsWith } from "./units.ts";

const SLEEP = "exec sleep 1000";

const cases: Case<Podman>[] = [
  {
    name: "a container has a scope of the user's systemd with limits, which a reload keeps; exec; nothing is left of it",
    run: (podman) => {
      const pid = podman.start("a", `sleep 1001 & ${SLEEP}`, "--memory", "64m", "--pids-limit", "33");
      const unit = `libpod-${podman.inspect("a", "{{.Id}}")}.scope`;
      const cgroup = `/user.slice/user-${podman.uid}.slice/user@${podman.uid}.service/user.slice/${unit}`;
      assert.equal(cgroupOf(pid), cgroup);
      const user = ["--user", `--machine=${podman.uid}@.host`];
      const known = (): object => properties(unit, ["MemoryMax", "TasksMax", "Delegate"], user);
      const check = (): void => {
        assert.deepEqual(known(), { MemoryMax: "67108864", TasksMax: "33", Delegate: "yes" });
        assertUnit("init.scope", cgroup, {
          properties: { LoadState: "loaded" },
          files: { "memory.max": "67108864", "pids.max": "33" },
        });
      };
      check();
      must(run(["systemctl", ...user, "daemon-reload"]));
      check();
      assert.equal(podman.ok("exec", "a", "cat", "/proc/self/cgroup"), "0::/");
      podman.ok("stop", "a");
      assert.ok(waitUntil(() => !hasCgroup(cgroup)));
      podman.ok("rm", "a");
      assert.deepEqual(unitsWith(unit), []);
    },
  },
];

await compare({
  engine: `${podmanName()}, systemd of a user`,
  needs: PODMAN_NEEDS,
  open: (runtime) => new Podman(runtime, { systemd: true, rootless: true }),
  cases,
});
