// SPDX-License-Identifier: Apache-2.0
// @lanes engines @timeout 200
/** Docker with cgroup v2. */
import "../lib/v2-view.ts";
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { cgroupDirectory, isAlive, namespaceOf } from "../../lib/kernel.ts";
import { runName } from "../../lib/lane.ts";
import { waitUntil } from "../../lib/run.ts";
import { compare } from "../lib/compare.ts";
import type { Case } from "../lib/compare.ts";
import { DOCKER_NEEDS, Docker, dockerName } from "../lib/docker.ts";
import { IMAGE } from "../lib/image.ts";

const SLEEP = "exec sleep 1000";

const cases: Case<Docker>[] = [
  {
    name: "the container's cgroup: of its own, seen as the root inside, and removed",
    run: (docker) => {
      assert.equal(docker.ok("info", "--format", "{{.CgroupVersion}}"), "2");
      const id = docker.start(SLEEP);
      const pid = docker.pid(id);
      const directory = cgroupDirectory(pid, "") ?? "";
      assert.equal(directory, `/sys/fs/cgroup/${runName}.docker/${id}`);
      assert.notEqual(namespaceOf(pid, "cgroup"), namespaceOf("self", "cgroup"));
      assert.match(docker.ok("exec", id, "cat", "/proc/self/cgroup"), /^0::\/$/m);
      docker.ok("rm", "--force", id);
      assert.ok(!existsSync(directory));
    },
  },
  {
    name: "run, exec: exit codes",
    run: (docker) => {
      for (const code of [0, 3, 127]) {
        const argv = code === 127 ? ["no-such-program"] : ["sh", "-c", `exit ${code}`];
        assert.equal(docker.command(["run", "--rm", IMAGE, ...argv]).code, code);
      }
      assert.equal(docker.command(["exec", docker.start(SLEEP), "sh", "-c", "exit 5"]).code, 5);
    },
  },
  {
    name: "pause, unpause: the kernel has it frozen",
    run: (docker) => {
      const id = docker.start(SLEEP);
      const frozen = (): string => readFileSync(join(cgroupDirectory(docker.pid(id), "") ?? "", "cgroup.events"), "utf8");
      docker.ok("pause", id);
      assert.match(frozen(), /^frozen 1$/m);
      docker.ok("unpause", id);
      assert.match(frozen(), /^frozen 0$/m);
    },
  },
  {
    name: "devices: what is not allowed cannot be opened, what is given can",
    run: (docker) => {
      const script = "mknod /tmp/fuse c 10 229; : < /tmp/fuse";
      assert.match(docker.command(["run", "--rm", IMAGE, "sh", "-c", script]).stderr, /Operation not permitted/);
      assert.equal(docker.sh(`${script} && echo opened`, "--device", "/dev/fuse"), "opened");
    },
  },
  {
    name: "--cgroupns host, --cgroup-parent",
    run: (docker) => {
      const id = docker.start(SLEEP, "--cgroupns", "host", "--cgroup-parent", `/${runName}.docker/below`);
      assert.equal(namespaceOf(docker.pid(id), "cgroup"), namespaceOf("self", "cgroup"));
      assert.equal(cgroupDirectory(docker.pid(id), ""), `/sys/fs/cgroup/${runName}.docker/below/${id}`);
    },
  },
  {
    name: "kill and rm of containers with many processes, one of them paused",
    run: (docker) => {
      const ids = [docker.start("sleep 500 & sleep 501 & exec sleep 502"), docker.start("sleep 503 & exec sleep 504")];
      const pids = ids.map((id) => docker.pid(id));
      docker.ok("pause", ids[1] ?? "");
      docker.ok("rm", "--force", ...ids);
      assert.ok(waitUntil(() => !pids.some(isAlive)));
    },
  },
];

await compare({
  engine: `${dockerName()} cgroup v2`,
  needs: DOCKER_NEEDS,
  open: (runtime) => Docker.withDefault(runtime, ["--bridge", "none"]),
  cases,
});
