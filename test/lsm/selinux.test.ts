// SPDX-License-Identifier: Apache-2.0
// @lanes selinux
/** SELinux labels of processes, mounts and keys, under a small policy that is enforced. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import type { Test } from "tap";
import { container, must } from "../lib/container.ts";
import type { Container } from "../lib/container.ts";
import { mountOn, parseMountInfo } from "../lib/kernel.ts";
import { repository, temporary } from "../lib/lane.ts";
import { run } from "../lib/run.ts";

const PROCESS = "system_u:system_r:container_t:s0:c1,c2";
const OTHER = "system_u:system_r:other_t:s0";
const OURS = "system_u:system_r:kernel_t:s0-s0:c1,c2";
const MOUNT = "system_u:object_r:container_file_t:s0:c1,c2";
const SECRET = "system_u:object_r:secret_t:s0";

t.before(() => {
  const [source, policy] = [join(repository, "test/fixtures/selinux.conf"), join(temporary, "policy")];
  must(run(["mount", "-t", "selinuxfs", "selinuxfs", "/sys/fs/selinux"]));
  must(run(["checkpolicy", "-M", "-U", "allow", "-o", policy, source], { timeout: 60 }));
  writeFileSync("/sys/fs/selinux/load", readFileSync(policy));
  writeFileSync("/sys/fs/selinux/enforce", "1");
});

const labelOf = (pid: number): string => readFileSync(`/proc/${pid}/attr/current`, "utf8").replace(/\0$/, "");

/** A container with a file that container_t may not read. */
function labelled(t: Test, label = PROCESS): Container {
  const c = container(t, (config) => (config.process["selinuxLabel"] = label));
  mkdirSync(join(c.rootfs, "secret"));
  writeFileSync(join(c.rootfs, "secret/file"), "secret\n");
  must(run(["chcon", SECRET, join(c.rootfs, "secret/file")]));
  return c;
}

const LOOK = "cat /secret/file 2>/dev/null || echo denied; tr '\\0' '\\n' < /proc/self/attr/current";

t.test("the kernel enforces the policy, and we have its label", (t) => {
  t.equal(readFileSync("/sys/fs/selinux/enforce", "utf8"), "1");
  t.equal(labelOf(process.pid), OURS);
  t.end();
});

for (const noNewPrivileges of [true, false]) {
  t.test(`the program has the process label, and is denied, ${noNewPrivileges ? "with" : "without"} no_new_privs`, (t) => {
    const c = labelled(t);
    c.config.process.noNewPrivileges = noNewPrivileges;
    t.equal(c.sh(LOOK).stdout, `denied\n${PROCESS}\n`);
    t.end();
  });
}

t.test("without a label it has ours, and nothing is denied", (t) => {
  const c = labelled(t, "");
  t.equal(c.sh(LOOK).stdout, `secret\n${OURS}\n`);
  t.end();
});

t.test("exec has the container's label, and another with --process-label", (t) => {
  const c = labelled(t);
  t.equal(labelOf(c.startSleeping()), PROCESS, "from outside");
  t.equal(c.exec(["sh", "-c", LOOK]).stdout, `denied\n${PROCESS}\n`);
  t.equal(c.exec(["sh", "-c", LOOK], ["--process-label", OTHER]).stdout, `secret\n${OTHER}\n`);
  t.end();
});

t.test("the session keyring has the label of the process, and keys that the program makes too", (t) => {
  const c = labelled(t);
  c.config.process.args = ["sh", "-c", "agent key-label; tr -d '\\0' < /proc/self/attr/keycreate"];
  const result = c.run();
  t.equal(result.stdout, `${PROCESS}\n`, result.stderr);
  t.end();
});

t.test("the mount label is on every new file system that takes one, and on the files in it", (t) => {
  const c = labelled(t);
  c.config.linux["mountLabel"] = MOUNT;
  c.config.mounts.push({ destination: "/scratch", type: "tmpfs", source: "tmpfs", options: ["mode=1777"] });
  const pid = c.startSleeping();
  for (const point of ["/dev", "/dev/shm", "/scratch"]) {
    t.match(mountOn(pid, point)?.superOptions.join(","), `context="${MOUNT}"`, point);
  }
  const tmpfs = parseMountInfo(readFileSync(`/proc/${pid}/mountinfo`, "utf8")).filter(({ type }) => type === "tmpfs");
  const ours = tmpfs.filter(({ point }) => point !== "/");
  t.ok(
    ours.every((mount) => mount.superOptions.join(",").includes(MOUNT)),
    "those that hide paths as well",
  );
  must(c.exec(["touch", "/scratch/file"]));
  t.equal(must(run(["stat", "--format=%C", `/proc/${pid}/root/scratch/file`])).stdout, `${MOUNT}\n`);
  t.end();
});

t.test("run.oci.mount_context_type names another kind of label", (t) => {
  const c = labelled(t);
  c.config.linux["mountLabel"] = MOUNT;
  c.config.annotations = { "run.oci.mount_context_type": "rootcontext" };
  t.match(mountOn(c.startSleeping(), "/dev/shm")?.superOptions.join(","), `rootcontext="${MOUNT}"`);
  t.end();
});

t.test("a label that the policy does not know is an error, and engines find the file in back-ticks", (t) => {
  const c = labelled(t, "system_u:system_r:missing_t:s0");
  const result = c.create();
  t.equal(result.code, 1);
  t.match(result.stderr, /missing_t/);
  t.match(result.stderr, /`\/proc\/[^`]*attr\/[^`]*`/);
  t.equal(c.status(), "none");
  t.end();
});
