// SPDX-License-Identifier: Apache-2.0
// @lanes engines @timeout 300
/** Docker stops, kills, freezes, restarts and removes containers, and changes their limits. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { cgroupDirectory, isAlive } from "../../lib/kernel.ts";
import { cgroupV2 } from "../../lib/lane.ts";
import { waitUntil } from "../../lib/run.ts";
import { compare } from "../lib/compare.ts";
import type { Case } from "../lib/compare.ts";
import { DOCKER_NEEDS, Docker, dockerName } from "../lib/docker.ts";

/** A shell that does nothing, and ends at once when it is told to. */
const IDLE = "trap 'exit 0' TERM; echo up; while :; do sleep 0.1; done";

function cgroupFile(pid: number, controller: string, file: string): string {
  return readFileSync(join(cgroupDirectory(pid, controller) ?? "/", file), "utf8").trim();
}

function isFrozen(pid: number): boolean {
  return cgroupV2
    ? /frozen 1/.test(cgroupFile(pid, "", "cgroup.events"))
    : cgroupFile(pid, "freezer", "freezer.state") === "FROZEN";
}

const cases: Case<Docker>[] = [
  {
    name: "stop: SIGTERM, and SIGKILL for who does not hear it",
    run: (docker) => {
      const polite = docker.start(IDLE);
      docker.waitFor(polite, "up");
      docker.ok("stop", polite);
      assert.equal(docker.inspect(polite, "{{.State.ExitCode}}"), "0");
      const deaf = docker.start("trap '' TERM; echo up; while :; do sleep 0.1; done");
      docker.waitFor(deaf, "up");
      docker.ok("stop", "--time", "1", deaf);
      assert.equal(docker.inspect(deaf, "{{.State.ExitCode}}"), "137");
    },
  },
  {
    name: "stop: the signal that the container asks for",
    run: (docker) => {
      const id = docker.start("trap 'exit 8' USR1; echo up; while :; do sleep 0.1; done", "--stop-signal", "USR1");
      docker.waitFor(id, "up");
      docker.ok("stop", id);
      assert.equal(docker.inspect(id, "{{.State.ExitCode}}"), "8");
    },
  },
  {
    name: "kill: SIGKILL, and any other signal",
    run: (docker) => {
      const id = docker.start("trap 'echo hup' HUP; echo up; while :; do sleep 0.1; done");
      docker.waitFor(id, "up");
      docker.ok("kill", "--signal", "HUP", id);
      docker.waitFor(id, "hup");
      const pid = docker.pid(id);
      docker.ok("kill", id);
      assert.equal(docker.ok("wait", id), "137");
      assert.equal(isAlive(pid), false);
      assert.match(docker.command(["kill", id]).stderr, /is not running/);
    },
  },
  {
    name: "pause, unpause: the kernel has it frozen",
    run: (docker) => {
      const id = docker.start(IDLE);
      const pid = docker.pid(id);
      docker.ok("pause", id);
      assert.equal(docker.inspect(id, "{{.State.Status}}"), "paused");
      assert.ok(isFrozen(pid));
      docker.ok("unpause", id);
      assert.ok(!isFrozen(pid));
      docker.ok("pause", id);
      docker.ok("rm", "--force", id);
      assert.equal(isAlive(pid), false, "one that is paused can be removed");
    },
  },
  {
    name: "restart: a new process in the same container",
    run: (docker) => {
      const id = docker.start(IDLE);
      docker.waitFor(id, "up");
      docker.ok("exec", id, "touch", "/kept");
      const before = docker.pid(id);
      docker.ok("restart", id);
      assert.notEqual(docker.pid(id), before);
      assert.equal(isAlive(before), false);
      docker.ok("exec", id, "test", "-e", "/kept");
    },
  },
  {
    name: "update: limits of a container that runs",
    run: (docker) => {
      const id = docker.start(IDLE, "--memory", "64m");
      docker.ok(
        "update",
        "--memory",
        "32m",
        "--memory-swap",
        "48m",
        "--cpus",
        "0.5",
        "--cpu-shares",
        "512",
        "--pids-limit",
        "77",
        id,
      );
      const pid = docker.pid(id);
      assert.equal(cgroupFile(pid, "pids", "pids.max"), "77");
      assert.equal(cgroupFile(pid, "memory", cgroupV2 ? "memory.max" : "memory.limit_in_bytes"), String(32 << 20));
      const quota = cgroupV2 ? "50000 100000" : "50000";
      assert.equal(cgroupFile(pid, "cpu", cgroupV2 ? "cpu.max" : "cpu.cfs_quota_us"), quota);
      if (!cgroupV2) assert.equal(cgroupFile(pid, "cpu", "cpu.shares"), "512");
      docker.ok("exec", id, "true");
    },
  },
  {
    name: "a health check makes it healthy",
    run: (docker) => {
      const id = docker.start(IDLE, "--health-cmd", "test -d /tmp", "--health-interval", "200ms");
      assert.ok(waitUntil(() => docker.inspect(id, "{{.State.Health.Status}}") === "healthy"));
    },
  },
  {
    name: "events: what happened to a container, with its exit code",
    run: (docker) => {
      const id = docker.start("exit 3");
      docker.ok("wait", id);
      docker.ok("rm", id);
      const format = "{{.Action}}{{with .Actor.Attributes.exitCode}} {{.}}{{end}}";
      const events = docker.ok(
        "events",
        "--since",
        "1m",
        "--until",
        String(Date.now() / 1000),
        "--filter",
        `container=${id}`,
        "--format",
        format,
      );
      assert.deepEqual(events.split("\n"), ["create", "start", "die 3", "destroy"]);
    },
  },
  {
    name: "live restore: a container goes on while its daemon is restarted",
    run: (docker) => {
      const id = docker.start(IDLE);
      const pid = docker.pid(id);
      docker.restart();
      assert.equal(docker.pid(id), pid);
      assert.equal(docker.command(["exec", id, "sh", "-c", "exit 3"]).code, 3);
      docker.ok("stop", id);
      assert.equal(docker.inspect(id, "{{.State.ExitCode}}"), "0");
    },
  },
  {
    name: "rm --force: no process, no cgroup is left",
    run: (docker) => {
      const id = docker.start("sleep 1000 & sleep 1000; true");
      const pid = docker.pid(id);
      const cgroup = cgroupDirectory(pid, "pids") ?? "";
      assert.equal(readFileSync(join(cgroup, "cgroup.procs"), "utf8").trim().split("\n").length, 2 + 1);
      docker.ok("rm", "--force", id);
      assert.equal(isAlive(pid), false);
      assert.throws(() => readFileSync(join(cgroup, "cgroup.procs")), /ENOENT/);
    },
  },
];

await compare({
  engine: dockerName(),
  needs: [...DOCKER_NEEDS, "script"],
  open: (runtime) => Docker.withDefault(runtime, ["--live-restore"]),
  cases,
});
