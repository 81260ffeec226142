// SPDX-License-Identifier: Apache-2.0
// @lanes engines @timeout 150
/** Podman of an ordinary user, whose containers live in a user namespace of subordinate ids. */
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isAlive, statusField } from "../../lib/kernel.ts";
import { waitUntil } from "../../lib/run.ts";
import { compare } from "../lib/compare.ts";
import type { Case } from "../lib/compare.ts";
import { IMAGE } from "../lib/image.ts";
import { PODMAN_NEEDS, Podman, podmanName } from "../lib/podman.ts";

const SLEEP = "exec sleep 1000";

const cases: Case<Podman>[] = [
  {
    name: "run: root inside is the user outside",
    run: (podman) => {
      const pid = podman.start("a", SLEEP);
      assert.equal(podman.ok("exec", "a", "id", "-u"), "0");
      assert.equal(statusField(pid, "Uid"), "4242\t4242\t4242\t4242");
      assert.match(readFileSync(`/proc/${pid}/uid_map`, "utf8").trim(), /^0\s+4242\s+1\n\s*1\s+500000\s+65536$/);
    },
  },
  {
    name: "run: exit codes, streams, a program that is missing",
    run: (podman) => {
      const { code, stdout, stderr } = podman.command(podman.run(["--rm"], "sh", "-c", "echo out; echo err >&2; exit 7"));
      assert.equal(code, 7);
      assert.equal(stdout, "out\n");
      assert.match(stderr, /^err$/m);
      assert.equal(podman.command(podman.run(["--rm"], "no-such-program")).code, 127);
    },
  },
  {
    name: "run -it, exec -it",
    run: async (podman) => {
      const shell = await podman.onTerminal(podman.run(["--rm", "-it"], "sh"), [{ after: "# ", type: "tty; exit 5\n" }]);
      assert.match(shell.output, /\/dev\/(pts\/0|console)\r/);
      assert.equal(shell.code, 5);
      podman.start("a", SLEEP);
      const exec = await podman.onTerminal(["exec", "-it", "a", "sh"], [{ after: "# ", type: "exit 6\n" }]);
      assert.equal(exec.code, 6);
    },
  },
  {
    name: "--user, --userns keep-id",
    run: (podman) => {
      const pid = podman.start("a", SLEEP, "--user", "1000");
      assert.equal(statusField(pid, "Uid"), "500999\t500999\t500999\t500999");
      assert.equal(podman.sh("id -u", "--userns", "keep-id"), "4242");
    },
  },
  {
    name: "--privileged, --read-only, --tmpfs, --volume",
    run: (podman) => {
      assert.equal(podman.sh("mount -t tmpfs none /home && echo mounted", "--privileged"), "mounted");
      const shared = join(podman.directory, "shared");
      mkdirSync(shared);
      writeFileSync(join(shared, "file"), "of the user\n");
      const flags = ["--read-only", "--tmpfs", "/tmp", "--volume", `${shared}:/mnt:ro`];
      const script = "touch /x 2>&1; touch /tmp/y && cat /mnt/file; touch /mnt/x 2>&1; true";
      const denied = (path: string): string => `touch: ${path}: Read-only file system`;
      assert.equal(podman.sh(script, ...flags), `${denied("/x")}\nof the user\n${denied("/mnt/x")}`);
    },
  },
  {
    name: "--network host, --pid host, --cgroups disabled",
    run: (podman) => {
      assert.equal(podman.sh("test -d /sys/class/net/lo && echo lo", "--network", "host"), "lo");
      assert.match(podman.sh("ps", "--pid", "host"), /podman/);
      assert.equal(podman.sh("echo fine", "--cgroups", "disabled"), "fine");
    },
  },
  {
    name: "top, kill, stop, rm",
    run: (podman) => {
      const pid = podman.start("a", "trap 'exit 4' TERM; echo up; while :; do sleep 0.02; done");
      podman.waitFor("a", "up");
      assert.match(podman.ok("top", "a", "pid", "comm"), /1\s+sh/);
      podman.ok("kill", "--signal", "TERM", "a");
      assert.equal(podman.ok("wait", "a"), "4");
      assert.ok(waitUntil(() => !isAlive(pid)));
      podman.ok("rm", "a");
    },
  },
  {
    name: "pods",
    run: (podman) => {
      podman.ok("pod", "create", "--name", "p", "--network", "none", "--share", "net,ipc,uts,pid");
      podman.start("a", SLEEP, "--pod", "p");
      assert.match(podman.sh("ps", "--pod", "p"), /sleep 1000/);
    },
  },
  {
    name: "build",
    run: (podman) => {
      const context = join(podman.directory, "context");
      mkdirSync(context);
      writeFileSync(join(context, "Containerfile"), `FROM ${IMAGE}\nRUN id -u > /who\nCMD cat /who\n`);
      podman.ok("build", "--network", "none", "--tag", "localhost/built", context);
      assert.equal(podman.ok("run", "--rm", "--network", "none", "localhost/built"), "0");
    },
  },
];

await compare({
  engine: `${podmanName()} rootless`,
  needs: [...PODMAN_NEEDS, "newuidmap", "setpriv", "/usr/libexec/podman/catatonit"],
  open: (runtime) => new Podman(runtime, { rootless: true }),
  cases,
});
