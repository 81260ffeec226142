// SPDX-License-Identifier: Apache-2.0
// @lanes engines @timeout 300
/** What Docker mounts: volumes, tmpfs, a read-only root, devices. */
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { mountOn } from "../../lib/kernel.ts";
import { must } from "../../lib/container.ts";
import { run } from "../../lib/run.ts";
import { compare } from "../lib/compare.ts";
import type { Case } from "../lib/compare.ts";
import { DOCKER_NEEDS, Docker, dockerName } from "../lib/docker.ts";
import { IMAGE } from "../lib/image.ts";

/** A directory of the host with a file in it. */
function hostDirectory(docker: Docker, name: string): string {
  const directory = join(docker.directory, name);
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, "file"), "host\n");
  return directory;
}

const cases: Case<Docker>[] = [
  {
    name: "a directory of the host, to write",
    run: (docker) => {
      const directory = hostDirectory(docker, "rw");
      assert.equal(docker.sh("cat /data/file; echo inside >/data/new", "--volume", `${directory}:/data`), "host");
      assert.equal(readFileSync(join(directory, "new"), "utf8"), "inside\n");
    },
  },
  {
    name: "a directory and a file of the host, to read",
    run: (docker) => {
      const directory = hostDirectory(docker, "ro");
      const flags = [
        "--volume",
        `${directory}:/data:ro`,
        "--mount",
        `type=bind,source=${directory}/file,target=/etc/one,readonly`,
      ];
      const out = docker.sh("cat /data/file /etc/one; (echo x >/data/file) 2>&1; (echo x >/etc/one) 2>&1; true", ...flags);
      assert.equal(out.match(/^host$/gm)?.length, 2);
      assert.equal(out.match(/Read-only file system/g)?.length, 2);
    },
  },
  {
    name: "a named volume keeps its content, and takes that of the image",
    run: (docker) => {
      assert.equal(docker.sh("ls /home/etc; echo kept >/home/etc/kept", "--volume", "named:/home/etc"), "");
      assert.equal(docker.sh("cat /data/kept", "--volume", "named:/data"), "kept");
      assert.match(docker.sh("ls /etc", "--volume", "copied:/etc"), /passwd/);
      docker.ok("volume", "rm", "named", "copied");
    },
  },
  {
    name: "--volumes-from",
    run: (docker) => {
      const id = docker.start("echo shared >/data/file; sleep 100", "--volume", "/data");
      docker.ok("exec", id, "sh", "-c", "until test -s /data/file; do sleep 0.05; done");
      assert.equal(docker.sh("cat /data/file", "--volumes-from", id), "shared");
    },
  },
  {
    name: "propagation: what the host mounts later is seen where it was asked for",
    run: (docker) => {
      const directory = hostDirectory(docker, "shared");
      mkdirSync(join(directory, "below"), { recursive: true });
      must(run(["mount", "--bind", directory, directory]));
      must(run(["mount", "--make-shared", directory]));
      try {
        const slave = docker.start("sleep 100", "--volume", `${directory}:/data:rslave`);
        const apart = docker.start("sleep 100", "--volume", `${directory}:/data:rprivate`);
        must(run(["mount", "-t", "tmpfs", "late", join(directory, "below")]));
        assert.equal(mountOn(docker.pid(slave), "/data/below")?.source, "late");
        assert.equal(mountOn(docker.pid(apart), "/data/below"), undefined);
      } finally {
        docker.reset();
        run(["umount", "--recursive", "--lazy", directory]);
      }
    },
  },
  {
    name: "--tmpfs and --mount type=tmpfs, with their options",
    run: (docker) => {
      const flags = [
        "--tmpfs",
        "/a:size=1m,noexec,mode=700",
        "--mount",
        "type=tmpfs,target=/b,tmpfs-size=2097152,tmpfs-mode=1770",
      ];
      const out = docker.sh("df -k /a /b | awk 'NR>1{print $1, $2}'; stat -c %a /a /b; grep ' /a ' /proc/mounts", ...flags);
      assert.match(out, /^tmpfs 1024\ntmpfs 2048\n700\n1770\n.*noexec/);
    },
  },
  {
    name: "--read-only: nothing but what is mounted can be written",
    run: (docker) => {
      const flags = ["--read-only", "--tmpfs", "/tmp", "--volume", "/data"];
      const out = docker.sh("touch /tmp/a /data/b /dev/shm/c && (touch /d) 2>&1; (touch /etc/hosts.new) 2>&1; echo $?", ...flags);
      assert.equal(out.match(/Read-only file system/g)?.length, 2);
    },
  },
  {
    name: "--device: one device, with the access that was given",
    run: (docker) => {
      const flags = ["--device", "/dev/zero:/dev/zero2:r", "--device", "/dev/kmsg:/dev/kmsg2:w"];
      const out = docker.sh(
        "stat -c %t:%T /dev/zero2; head -c 3 /dev/zero2 | wc -c; (head -c 1 /dev/kmsg2) 2>&1; true",
        ...flags,
      );
      assert.match(out, /^1:5\n3\n.*(Operation not permitted|Permission denied)/);
    },
  },
  {
    name: "--device-cgroup-rule: a device that is made inside",
    run: (docker) => {
      const script = "mknod /tmp/kmsg c 1 11 && (: >>/tmp/kmsg) 2>&1 && echo opened";
      assert.equal(docker.sh(script, "--device-cgroup-rule", "c 1:11 rwm"), "opened");
      assert.match(docker.sh("mknod /tmp/kmsg c 1 11; (: >>/tmp/kmsg) 2>&1; true"), /not permitted/);
    },
  },
  {
    name: "/etc/hosts, /etc/hostname and /etc/resolv.conf are Docker's",
    run: (docker) => {
      const flags = ["--hostname", "web", "--add-host", "other:10.9.8.7", "--dns", "10.1.2.3"];
      const out = docker.sh("cat /etc/hostname; grep other /etc/hosts; grep nameserver /etc/resolv.conf", ...flags);
      assert.equal(out, "web\n10.9.8.7\tother\nnameserver 10.1.2.3");
    },
  },
  {
    name: "a working directory and a mount point that are not there are made",
    run: (docker) => {
      const directory = hostDirectory(docker, "deep");
      assert.equal(docker.sh("pwd; cat /a/b/c/file", "--workdir", "/x/y", "--volume", `${directory}:/a/b/c`), "/x/y\nhost");
    },
  },
  {
    name: "what is written to a volume by a user is the user's",
    run: (docker) => {
      const directory = hostDirectory(docker, "owned");
      docker.sh("chmod 777 /data", "--volume", `${directory}:/data`);
      docker.sh("touch /data/mine", "--volume", `${directory}:/data`, "--user", "1234");
      assert.equal(statSync(join(directory, "mine")).uid, 1234);
    },
  },
  {
    name: "a mount that cannot be made is told, and nothing is left of the container",
    run: (docker) => {
      const { code, stderr } = docker.command([
        "run",
        "--rm",
        "--mount",
        "type=bind,source=/nonexistent,target=/data",
        IMAGE,
        "true",
      ]);
      assert.equal(code, 125);
      assert.match(stderr, /nonexistent/);
      assert.equal(docker.ok("ps", "--all", "--quiet"), "");
    },
  },
];

await compare({
  engine: dockerName(),
  needs: DOCKER_NEEDS,
  open: (runtime) => Docker.withDefault(runtime, ["--bridge", "none"]),
  cases,
});
