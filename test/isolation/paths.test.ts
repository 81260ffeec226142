// SPDX-License-Identifier: Apache-2.0
// @lanes host
/** Masked and read-only paths, and sysctls. */
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { setNamespace } from "../lib/config.ts";
import { container, must } from "../lib/container.ts";
import { mountOn } from "../lib/kernel.ts";

t.test("masked files read as empty, masked directories are empty and read-only", (t) => {
  const c = container(t, (config) => {
    config.linux.maskedPaths = ["/secret/file", "/secret/dir", "/no/such/path", "/proc/version"];
  });
  mkdirSync(join(c.rootfs, "secret/dir"), { recursive: true });
  writeFileSync(join(c.rootfs, "secret/file"), "hidden");
  writeFileSync(join(c.rootfs, "secret/dir/file"), "hidden");
  const result = c.sh("wc -c < /secret/file; ls -A /secret/dir; touch /secret/dir/x; wc -c < /proc/version");
  t.equal(result.stdout, "0\n0\n");
  t.match(result.stderr, /Read-only/);
  t.equal(readFileSync(join(c.rootfs, "secret/file"), "utf8"), "hidden", "the file below is whole");
  t.end();
});

t.test("masks cannot be taken off from inside", (t) => {
  const c = container(t, (config) => (config.linux.maskedPaths = ["/proc/version", "/proc/fs"]));
  const result = c.sh("umount /proc/version; umount /proc/fs; wc -c < /proc/version");
  t.equal(result.stdout, "0\n");
  t.match(result.stderr, /umount: .*(not permitted|denied)/);
  t.end();
});

t.test("read-only paths refuse writes, and keep the flags of what they cover", (t) => {
  const c = container(t, (config) => {
    config.linux.readonlyPaths = ["/data", "/one/file", "/no/such/path", "/proc/sys"];
    config.mounts.push({ destination: "/data", type: "tmpfs", source: "tmpfs", options: ["nosuid", "nodev", "noexec"] });
  });
  mkdirSync(join(c.rootfs, "one"));
  writeFileSync(join(c.rootfs, "one/file"), "");
  const pid = c.startSleeping();
  for (const path of ["/data", "/one/file", "/proc/sys"]) t.ok(mountOn(pid, path)?.options.includes("ro"), path);
  for (const option of ["nosuid", "nodev", "noexec"]) t.ok(mountOn(pid, "/data")?.options.includes(option), option);
  const result = c.exec(["sh", "-c", "echo x > /data/x; echo x > /one/file; echo 1 > /proc/sys/kernel/shmmax"]);
  t.equal(result.stderr.match(/Read-only/g)?.length, 3);
  t.end();
});

t.test("masks hold below a read-only path, and below /proc and /sys when those are read-only themselves", (t) => {
  // A link of the image is as good as the path: it leads to the same place.
  for (const path of ["/proc", "/way"]) {
    const c = container(t, (config) => {
      config.linux.readonlyPaths = [path, "/sys", "/data", "/data/below"];
      config.linux.maskedPaths = ["/proc/version", "/proc/fs", "/sys/kernel", "/data/secret"];
      config.mounts.push({ destination: "/data", type: "tmpfs", source: "tmpfs" });
      config.mounts.push({ destination: "/data/below", type: "tmpfs", source: "tmpfs" });
    });
    symlinkSync("proc", join(c.rootfs, "way"));
    const result = c.sh(
      "wc -c < /proc/version; ls -A /proc/fs /sys/kernel; touch /data/x; touch /data/below/x; echo 1 > /proc/sys/kernel/shmmax",
    );
    t.equal(result.stdout, "0\n/proc/fs:\n\n/sys/kernel:\n", path);
    t.equal(result.stderr.match(/Read-only/g)?.length, 3, path);
  }
  t.end();
});

t.test("sysctls are set in the container's namespaces and nowhere else", (t) => {
  const forward = readFileSync("/proc/sys/net/ipv4/ip_forward", "utf8");
  const c = container(t, (config) => {
    config.linux["sysctl"] = {
      "net.ipv4.ip_forward": "1",
      "net.ipv4.ip_unprivileged_port_start": "80",
      "kernel.shmmax": "4194304",
      "fs.mqueue.queues_max": "17",
      "net.ipv4.conf/lo/rp_filter": "2",
    };
  });
  const script =
    "cat /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv4/ip_unprivileged_port_start /proc/sys/kernel/shmmax /proc/sys/fs/mqueue/queues_max " +
    "/proc/sys/net/ipv4/conf/lo/rp_filter";
  t.equal(c.sh(script).stdout, "1\n80\n4194304\n17\n2\n");
  t.equal(readFileSync("/proc/sys/net/ipv4/ip_forward", "utf8"), forward);
  t.end();
});

const refused: readonly { key: string; namespace?: string }[] = [
  { key: "vm.swappiness" },
  { key: "kernel.panic" },
  { key: "fs.file-max" },
  { key: "net.ipv4.ip_forward", namespace: "network" },
  { key: "kernel.shmmax", namespace: "ipc" },
];
for (const { key, namespace } of refused) {
  t.test(`sysctl ${key} is refused ${namespace === undefined ? "" : `without a new ${namespace} namespace`}`, (t) => {
    const path = `/proc/sys/${key.replaceAll(".", "/")}`;
    const before = readFileSync(path, "utf8");
    const c = container(t, (config) => {
      config.linux["sysctl"] = { [key]: before.trim() };
      if (namespace !== undefined) setNamespace(config, namespace, null);
    });
    const result = c.create();
    t.equal(result.code, 1);
    t.match(result.stderr, new RegExp(key.replaceAll(".", "\\.")));
    t.equal(readFileSync(path, "utf8"), before);
    t.end();
  });
}

t.test("a working directory that is missing is made; one behind a link stays inside", (t) => {
  const c = container(t, (config) => (config.process.cwd = "/made/for/you"));
  t.equal(c.sh("pwd").stdout, "/made/for/you\n");
  const d = container(t, (config) => (config.process.cwd = "/var/log"));
  t.equal(d.sh("pwd").stdout, "/var/log\n");
  must(d.run());
  t.end();
});
