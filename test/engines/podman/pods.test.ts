// SPDX-License-Identifier: Apache-2.0
// @lanes engines @timeout 150
/** Pods of Podman, `kube play`, and `podman build`. */
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isAlive, namespaceOf } from "../../lib/kernel.ts";
import { waitUntil } from "../../lib/run.ts";
import { compare } from "../lib/compare.ts";
import type { Case } from "../lib/compare.ts";
import { IMAGE } from "../lib/image.ts";
import { PODMAN_NEEDS, Podman, podmanName } from "../lib/podman.ts";

const SLEEP = "exec sleep 1000";

function makePod(podman: Podman, ...flags: string[]): void {
  podman.ok("pod", "create", "--name", "p", "--network", "none", "--cgroup-parent", podman.cgroupParent, ...flags);
}

const pods: Case<Podman>[] = [
  {
    name: "pod: containers share its namespaces",
    run: (podman) => {
      makePod(podman, "--hostname", "together");
      const pids = [podman.start("a", SLEEP, "--pod", "p"), podman.start("b", SLEEP, "--pod", "p")];
      const [first = -1, second = -1] = pids;
      for (const kind of ["net", "ipc", "uts"]) assert.equal(namespaceOf(first, kind), namespaceOf(second, kind), kind);
      assert.notEqual(namespaceOf(first, "pid"), namespaceOf(second, "pid"));
      assert.equal(podman.ok("exec", "b", "hostname"), "together");
      podman.ok("pod", "rm", "--force", "--time", "0", "p");
      assert.ok(!pids.some(isAlive));
    },
  },
  {
    name: "pod --share pid",
    run: (podman) => {
      makePod(podman, "--share", "pid,net,ipc,uts");
      podman.start("a", SLEEP, "--pod", "p");
      assert.match(podman.sh("ps", "--pod", "p"), /sleep 1000/);
    },
  },
  {
    name: "pod pause, unpause, stop, start, kill, top, stats",
    run: (podman) => {
      makePod(podman);
      podman.start("a", SLEEP, "--pod", "p");
      const status = (): string => podman.ok("pod", "inspect", "--format", "{{.State}}", "p");
      podman.ok("pod", "pause", "p");
      assert.equal(status(), "Paused");
      podman.ok("pod", "unpause", "p");
      assert.equal(status(), "Running");
      assert.match(podman.ok("pod", "top", "p", "comm"), /sleep/);
      assert.match(podman.ok("pod", "stats", "--no-stream", "p"), /\ba\b/);
      podman.ok("pod", "stop", "--time", "0", "p");
      assert.equal(podman.status("a"), "exited");
      podman.ok("pod", "start", "p");
      const pid = podman.pid("a");
      assert.ok(isAlive(pid));
      podman.ok("pod", "kill", "p");
      assert.ok(waitUntil(() => !isAlive(pid)));
    },
  },
  {
    name: "kube play, kube down",
    run: (podman) => {
      const file = join(podman.directory, "pod.yaml");
      const container = { name: "c", image: IMAGE, command: ["sleep", "1000"], resources: { limits: { memory: "64Mi" } } };
      writeFileSync(
        file,
        JSON.stringify({
          apiVersion: "v1",
          kind: "Pod",
          metadata: { name: "k" },
          spec: { hostNetwork: true, containers: [container] },
        }),
      );
      podman.ok("kube", "play", file);
      assert.equal(podman.status("k-c"), "running");
      assert.equal(podman.ok("exec", "k-c", "cat", "/proc/1/comm"), "sleep");
      podman.ok("kube", "down", file);
      assert.equal(podman.ok("container", "list", "--all", "--quiet"), "");
    },
  },
];

function build(podman: Podman, lines: readonly string[], ...flags: string[]): string {
  const context = join(podman.directory, "context");
  mkdirSync(context, { recursive: true });
  writeFileSync(join(context, "Containerfile"), `${[`FROM ${IMAGE}`, ...lines].join("\n")}\n`);
  const parent = ["--cgroup-parent", `${podman.cgroupParent}.build`]; // which is the cgroup itself of what is run, not its parent
  return podman.ok("build", "--no-cache", "--network", "none", ...parent, "--tag", "localhost/built", ...flags, context);
}

const builds: Case<Podman>[] = [
  {
    name: "build: RUN, USER, WORKDIR, and the result",
    run: (podman) => {
      build(podman, [
        "RUN echo built > /file && id -u > /who",
        "USER 1000",
        "WORKDIR /tmp",
        "RUN pwd > /tmp/where; id -u >> /tmp/where",
        "CMD cat /file /who /tmp/where",
      ]);
      assert.equal(podman.ok("run", "--rm", "--network", "none", "localhost/built"), "built\n0\n/tmp\n1000");
    },
  },
  {
    name: "build: RUN --mount",
    run: (podman) => {
      const out = build(podman, ["RUN --mount=type=tmpfs,target=/x --mount=type=cache,target=/y mount | grep -E ' /(x|y) '"]);
      assert.match(out, / \/x type tmpfs/);
    },
  },
  {
    name: "build: a step that fails",
    run: (podman) => {
      assert.throws(() => build(podman, ["RUN exit 3"]), /exit status 3/);
    },
  },
];

await compare({
  engine: podmanName(),
  needs: [...PODMAN_NEEDS, "/usr/libexec/podman/catatonit"],
  open: (runtime) => new Podman(runtime),
  cases: [...pods, ...builds],
});
