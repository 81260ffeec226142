// SPDX-License-Identifier: Apache-2.0
// @lanes v2 uml
/** Annotations of crun's about where in cgroup v2 a container's processes are. */
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { mapUsers, mountOf } from "../lib/config.ts";
import { container, must } from "../lib/container.ts";
import { cgroupDirectories, parseMountInfo } from "../lib/kernel.ts";
import { controllers, isRunt, unless } from "../lib/lane.ts";
import { run } from "../lib/run.ts";

const ours = { skip: unless(isRunt, "annotations of crun") };
const cgroupOf = (pid: number): string => /^0::(.*)$/m.exec(readFileSync(`/proc/${pid}/cgroup`, "utf8"))?.[1] ?? "";

t.test("delegate-cgroup: the process is in a cgroup of its own below the one that is limited", ours, (t) => {
  const c = container(t, (config) => {
    config.process.user = { uid: 1000, gid: 1000 };
    config.annotations = { "run.oci.delegate-cgroup": "payload" };
  });
  const pid = c.startSleeping();
  t.equal(cgroupOf(pid), `${c.cgroupsPath}/payload`, "the kernel has it there");
  t.match(
    c.exec(["cat", "/proc/self/cgroup"]).stdout,
    /^0::\/payload$/m,
    "and exec; the namespace is rooted in the cgroup above",
  );
  const own = join("/sys/fs/cgroup", c.cgroupsPath);
  for (const name of ["", "cgroup.procs", "cgroup.subtree_control"]) {
    t.equal(statSync(join(own, "payload", name)).uid, 1000, `payload/${name} is the container's user's`);
    t.equal(statSync(join(own, name)).uid, 0, `${name || "the cgroup above"} is not`);
  }
  t.equal(readFileSync(join(own, "cgroup.procs"), "utf8"), "", "no process is in the cgroup that is limited");
  must(c.command(["pause", c.id]));
  t.match(readFileSync(join(own, "payload/cgroup.events"), "utf8"), /frozen 1/, "which rules over it");
  must(c.command(["resume", c.id]));
  must(c.delete("--force"));
  t.strictSame(cgroupDirectories(c.cgroupsPath), [], "all of it goes");
  t.end();
});

t.test(
  "delegate-cgroup gives the container's controllers",
  { skip: ours.skip || unless(controllers().includes("pids"), "no pids controller") },
  (t) => {
    const c = container(t, (config) => {
      config.linux.resources.pids = { limit: 30 };
      config.annotations = { "run.oci.delegate-cgroup": "a/b" };
    });
    const pid = c.startSleeping();
    t.equal(cgroupOf(pid), `${c.cgroupsPath}/a/b`);
    const own = join("/sys/fs/cgroup", c.cgroupsPath);
    t.equal(readFileSync(join(own, "pids.max"), "utf8"), "30\n", "the limit is above");
    t.match(readFileSync(join(own, "a/b/cgroup.controllers"), "utf8"), /pids/);
    t.match(c.exec(["cat", "/proc/self/cgroup"]).stdout, /^0::\/a\/b$/m, "exec finds its way in");
    t.end();
  },
);

t.test("delegate-cgroup with a user namespace belongs to the mapped user", ours, (t) => {
  const c = container(t, (config) => {
    mapUsers(config, 100000);
    config.annotations = { "run.oci.delegate-cgroup": "payload" };
  });
  must(run(["chown", "-Rh", "100000:100000", c.bundle]));
  t.equal(cgroupOf(c.startSleeping()), `${c.cgroupsPath}/payload`);
  t.equal(statSync(join("/sys/fs/cgroup", c.cgroupsPath, "payload")).uid, 100000);
  t.end();
});

t.test("names that lead out of the container's cgroup are refused", ours, (t) => {
  for (const value of ["..", "a/../..", "/a", "."]) {
    const c = container(t, (config) => (config.annotations = { "run.oci.delegate-cgroup": value }));
    t.match(c.create(), { code: 1, stderr: /delegate-cgroup.*must be the name of a cgroup below the container's/ }, value);
    t.strictSame(cgroupDirectories(c.cgroupsPath), []);
  }
  t.end();
});

t.test("systemd.force_cgroup_v1 shows the container its place in systemd's own hierarchy", ours, (t) => {
  const c = container(t);
  const host = join(c.directory, "systemd");
  mkdirSync(host);
  const mounted = run(["mount", "-t", "cgroup", "-o", "none,name=systemd", "cgroup", host]);
  if (mounted.code !== 0) {
    t.pass(`no hierarchy of systemd here: ${mounted.stderr}`, { skip: "the kernel has no cgroup v1" });
    t.end();
    return;
  }
  t.teardown(() => run(["umount", "-l", host]));
  c.config.annotations = { "run.oci.systemd.force_cgroup_v1": "/sys/fs/cgroup" };
  mountOf(c.config, "/sys/fs/cgroup").options = ["nosuid", "noexec", "nodev"];
  const pid = c.startSleeping();
  t.match(readFileSync(`/proc/${pid}/cgroup`, "utf8"), new RegExp(`:name=systemd:${c.cgroupsPath}$`, "m"), "it is in both");
  t.equal(cgroupOf(pid), c.cgroupsPath);
  const seen = parseMountInfo(readFileSync(`/proc/${pid}/mountinfo`, "utf8")).filter(({ point }) =>
    point.startsWith("/sys/fs/cgroup"),
  );
  t.strictSame(
    seen.map(({ point, type }) => [point, type]),
    [
      ["/sys/fs/cgroup", "tmpfs"],
      ["/sys/fs/cgroup/systemd", "cgroup"],
    ],
  );
  t.equal(must(c.exec(["sh", "-c", "mkdir /sys/fs/cgroup/systemd/below && ls /sys/fs/cgroup"])).stdout, "systemd\n");
  t.ok(existsSync(join(host, c.cgroupsPath, "below")), "and may make cgroups there");
  t.match(c.exec(["cat", "/proc/self/cgroup"]).stdout, /:name=systemd:\/$/m, "exec is in both");
  must(c.delete("--force"));
  t.notOk(existsSync(join(host, c.cgroupsPath)), "delete removes it from both");
  t.strictSame(cgroupDirectories(c.cgroupsPath), []);
  t.notOk(readdirSync(host).includes(c.id));
  t.end();
});

t.test("systemd.force_cgroup_v1 on a host without that hierarchy, or without a mount there", ours, (t) => {
  const c = container(t);
  c.config.annotations = { "run.oci.systemd.force_cgroup_v1": "/elsewhere" };
  t.match(c.create(), { code: 1, stderr: /mounts has nothing there/ });
  c.config.annotations = { "run.oci.systemd.force_cgroup_v1": "/sys/fs/cgroup" };
  const known = parseMountInfo(readFileSync("/proc/self/mountinfo", "utf8")).some(({ superOptions }) =>
    superOptions.includes("name=systemd"),
  );
  if (!known) t.match(c.create(), { code: 1, stderr: /no hierarchy of cgroup v1 for systemd\nhint: mkdir/ });
  t.strictSame(cgroupDirectories(c.cgroupsPath), []);
  t.equal(c.status(), "none");
  t.end();
});
