// SPDX-License-Identifier: Apache-2.0
// @lanes engines @timeout 300
/** Docker with --userns-remap: root in a container is nobody on the host. */
import assert from "node:assert/strict";
import { appendFileSync, chmodSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { statusField } from "../../lib/kernel.ts";
import { compare } from "../lib/compare.ts";
import type { Case } from "../lib/compare.ts";
import { DOCKER_NEEDS, Docker, dockerName } from "../lib/docker.ts";
import { IMAGE } from "../lib/image.ts";

const FIRST = 231072;

const cases: Case<Docker>[] = [
  {
    name: "userns-remap: root inside, nobody outside",
    run: (docker) => {
      const id = docker.start("sleep 100");
      const pid = docker.pid(id);
      assert.equal(statusField(pid, "Uid")?.split("\t")[0], String(FIRST));
      assert.match(readFileSync(`/proc/${pid}/uid_map`, "utf8"), new RegExp(`^\\s+0\\s+${FIRST}\\s+65536$`, "m"));
      assert.equal(docker.ok("exec", id, "id", "-u"), "0");
      assert.match(docker.ok("exec", id, "grep", "CapEff", "/proc/self/status"), /00000000a80425fb/);
    },
  },
  {
    name: "userns-remap: files, ownership, volumes, tmpfs, read-only",
    run: (docker) => {
      const shared = join(docker.directory, "shared");
      mkdirSync(shared, { recursive: true });
      chmodSync(shared, 0o777);
      docker.sh("touch /data/root; chown 1000 /data/root; touch /data/mine", "--volume", `${shared}:/data`);
      assert.equal(statSync(join(shared, "root")).uid, FIRST + 1000);
      assert.equal(statSync(join(shared, "mine")).uid, FIRST);
      const flags = ["--read-only", "--tmpfs", "/tmp", "--volume", "own:/own", "--device", "/dev/zero:/dev/zero2"];
      assert.equal(
        docker.sh("touch /tmp/a /own/b && head -c 2 /dev/zero2 | wc -c; stat -c %u / /tmp /own", ...flags),
        "2\n0\n0\n0",
      );
      docker.ok("volume", "rm", "own");
    },
  },
  {
    name: "userns-remap: terminals, users, standard streams",
    run: async (docker) => {
      const id = docker.start("sleep 100", "--user", "1000");
      assert.equal(statusField(docker.pid(id), "Uid")?.split("\t")[0], String(FIRST + 1000));
      assert.equal(docker.sh("echo a >/dev/stdout; stat -c %u /proc/self/fd/1", "--user", "1000"), "a\n1000");
      const typing = [{ after: "# ", type: "stat -c %u $(tty); exit 3\n" }];
      const { code, output } = await docker.onTerminal(["run", "--rm", "-it", IMAGE, "sh"], typing);
      assert.deepEqual([code, /^0\r/m.test(output)], [3, true]);
    },
  },
  {
    name: "userns-remap: networks, limits, stop, commit",
    run: (docker) => {
      const id = docker.start(
        "trap 'exit 0' TERM; touch /made; echo up; while :; do sleep 0.1; done",
        "--memory",
        "32m",
        "--pids-limit",
        "50",
      );
      docker.waitFor(id, "up");
      assert.match(docker.ok("exec", id, "ip", "-4", "address", "show", "eth0"), /inet /);
      assert.equal(docker.ok("exec", id, "sysctl", "-n", "net.ipv4.ip_unprivileged_port_start"), "0");
      docker.ok("pause", id);
      docker.ok("unpause", id);
      docker.ok("stop", id);
      assert.equal(docker.inspect(id, "{{.State.ExitCode}}"), "0");
      docker.ok("commit", id, "localhost/remapped");
      assert.equal(docker.ok("run", "--rm", "localhost/remapped", "stat", "-c", "%u", "/made"), "0");
    },
  },
  {
    name: "userns-remap: --userns host",
    run: (docker) => {
      const pid = docker.pid(docker.start("sleep 100", "--userns", "host"));
      assert.equal(statusField(pid, "Uid")?.split("\t")[0], "0");
    },
  },
];

// /etc is this file's own.
for (const file of ["/etc/subuid", "/etc/subgid"]) appendFileSync(file, `remapped:${FIRST}:65536\n`);
appendFileSync("/etc/passwd", "remapped:x:4242:4242::/:/bin/false\n");
appendFileSync("/etc/group", "remapped:x:4242:\n");

await compare({
  engine: dockerName(),
  needs: [...DOCKER_NEEDS, "script"],
  open: (runtime) => Docker.withDefault(runtime, ["--userns-remap", "remapped"]),
  cases,
});
