// SPDX-License-Identifier: Apache-2.0
/** Mounts as the kernel shows them in /proc/PID/mountinfo. */
import { existsSync, mkdirSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { container, must } from "../lib/container.ts";
import { mountOn } from "../lib/kernel.ts";
import { isRunt, unless } from "../lib/lane.ts";
import { run } from "../lib/run.ts";

t.test("the usual mounts have their types and options", (t) => {
  const c = container(t);
  const pid = c.startSleeping();
  const expected: readonly { point: string; type: string; options: string[]; super?: string[] }[] = [
    { point: "/proc", type: "proc", options: ["rw"] },
    { point: "/dev", type: "tmpfs", options: ["rw", "nosuid"], super: ["size=65536k", "mode=755"] },
    { point: "/dev/pts", type: "devpts", options: ["rw", "nosuid", "noexec"], super: ["gid=5", "mode=620", "ptmxmode=666"] },
    { point: "/dev/shm", type: "tmpfs", options: ["rw", "nosuid", "nodev", "noexec"], super: ["size=65536k"] },
    { point: "/dev/mqueue", type: "mqueue", options: ["nosuid", "nodev", "noexec"] },
    { point: "/sys", type: "sysfs", options: ["ro", "nosuid", "nodev", "noexec"] },
  ];
  for (const { point, type, options, super: data = [] } of expected) {
    const mount = mountOn(pid, point);
    t.equal(mount?.type, type, point);
    for (const option of options) t.ok(mount?.options.includes(option), `${point} ${option}`);
    for (const option of data) t.ok(mount?.superOptions.includes(option), `${point} ${option}: ${mount?.superOptions}`);
  }
  t.end();
});

t.test("the container's root is the rootfs, and the host's is out of reach", (t) => {
  const c = container(t);
  const pid = c.startSleeping();
  t.equal(mountOn(pid, "/")?.root.endsWith("/bundle/rootfs"), true);
  t.notMatch(readFileSync(`/proc/${pid}/mountinfo`, "utf8"), /\/\.old|\/\.pivot|put_old/);
  t.notOk(must(c.exec(["ls", "/"])).stdout.includes("boot"));
  t.equal(must(c.exec(["sh", "-c", "ls -d /../../../etc/passwd; cd ..; pwd"])).stdout, "/../../../etc/passwd\n/\n");
  t.end();
});

/** Options that each show in the mount's own flags. */
const FLAGS: readonly { options: string[]; shows: string[]; hides?: string[] }[] = [
  { options: ["rbind", "ro"], shows: ["ro"] },
  { options: ["bind", "rw"], shows: ["rw"] },
  { options: ["bind", "nosuid"], shows: ["nosuid"] },
  { options: ["bind", "nodev"], shows: ["nodev"] },
  { options: ["bind", "noexec"], shows: ["noexec"] },
  { options: ["bind", "noatime"], shows: ["noatime"] },
  { options: ["bind", "nodiratime"], shows: ["nodiratime"] },
  { options: ["bind", "relatime"], shows: ["relatime"] },
  { options: ["bind", "strictatime"], shows: ["rw"], hides: ["relatime", "noatime"] },
  { options: ["bind", "ro", "nosuid", "nodev", "noexec"], shows: ["ro", "nosuid", "nodev", "noexec"] },
  { options: ["bind", "nosuid", "suid"], shows: ["rw"], hides: ["nosuid"] },
  { options: ["bind", "noexec", "exec", "nodev", "dev"], shows: ["rw"], hides: ["noexec", "nodev"] },
];

t.test("each option of a bind mount is in force", (t) => {
  const c = container(t);
  const source = join(c.directory, "source");
  mkdirSync(source);
  writeFileSync(join(source, "file"), "from the host\n");
  FLAGS.forEach(({ options }, index) => c.config.mounts.push({ destination: `/b${index}`, type: "bind", source, options }));
  const pid = c.startSleeping();
  FLAGS.forEach(({ options, shows, hides = [] }, index) => {
    const mount = mountOn(pid, `/b${index}`);
    for (const option of shows) t.ok(mount?.options.includes(option), `${options.join(",")}: shows ${option}`);
    for (const option of hides) t.notOk(mount?.options.includes(option), `${options.join(",")}: hides ${option}`);
  });
  t.equal(must(c.exec(["cat", "/b0/file"])).stdout, "from the host\n");
  t.match(c.exec(["touch", "/b0/new"]).stderr, /Read-only/);
  t.end();
});

t.test("ro is for one mount, rro for the whole tree", { skip: unless(isRunt, "the reference is older") }, (t) => {
  const c = container(t);
  const source = join(c.directory, "tree");
  mkdirSync(join(source, "below"), { recursive: true });
  must(run(["mount", "-t", "tmpfs", "tmpfs", join(source, "below")]));
  t.teardown(() => run(["umount", "-l", join(source, "below")]));
  const add = (destination: string, ...options: string[]): number =>
    c.config.mounts.push({ destination, type: "bind", source, options });
  add("/plain", "rbind", "ro");
  add("/deep", "rbind", "rro");
  add("/most", "rbind", "rnosuid", "rnodev", "rnoexec", "rnoatime");
  const pid = c.startSleeping();
  t.ok(mountOn(pid, "/plain")?.options.includes("ro"));
  t.ok(mountOn(pid, "/plain/below")?.options.includes("rw"), "ro stops at the first mount");
  t.ok(mountOn(pid, "/deep")?.options.includes("ro"));
  t.ok(mountOn(pid, "/deep/below")?.options.includes("ro"), "rro does not");
  for (const option of ["nosuid", "nodev", "noexec", "noatime"])
    t.ok(mountOn(pid, "/most/below")?.options.includes(option), option);
  t.ok(mountOn("self", join(source, "below"))?.options.includes("rw"), "the host's mount is as it was");
  t.end();
});

t.test("bind takes one mount, rbind the tree", (t) => {
  const c = container(t);
  const source = join(c.directory, "tree");
  mkdirSync(join(source, "below"), { recursive: true });
  must(run(["mount", "-t", "tmpfs", "tmpfs", join(source, "below")]));
  t.teardown(() => run(["umount", "-l", join(source, "below")]));
  c.config.mounts.push({ destination: "/one", type: "bind", source, options: ["bind"] });
  c.config.mounts.push({ destination: "/all", type: "bind", source, options: ["rbind"] });
  const pid = c.startSleeping();
  t.equal(mountOn(pid, "/one/below"), undefined);
  t.equal(mountOn(pid, "/all/below")?.type, "tmpfs");
  t.end();
});

t.test("propagation of a mount is as its option says", (t) => {
  const c = container(t);
  const source = join(c.directory, "prop");
  mkdirSync(source);
  must(run(["mount", "-t", "tmpfs", "tmpfs", source]));
  must(run(["mount", "--make-shared", source]));
  t.teardown(() => run(["umount", "-l", source]));
  const kinds = ["shared", "rshared", "slave", "rslave", "private", "rprivate", "unbindable"];
  for (const kind of kinds) c.config.mounts.push({ destination: `/${kind}`, type: "bind", source, options: ["rbind", kind] });
  const pid = c.startSleeping();
  const shown = (kind: string): string => mountOn(pid, `/${kind}`)?.propagation.join(" ") ?? "none";
  for (const kind of ["shared", "rshared"]) t.match(shown(kind), /shared:/, kind);
  for (const kind of ["slave", "rslave"]) t.match(shown(kind), /master:/, kind);
  for (const kind of ["private", "rprivate"]) t.equal(shown(kind), "", kind);
  t.equal(shown("unbindable"), "unbindable");
  t.end();
});

t.test("what is mounted in the container does not reach the host", (t) => {
  const c = container(t, (config) => {
    config.process.capabilities = { bounding: ["CAP_SYS_ADMIN"], effective: ["CAP_SYS_ADMIN"], permitted: ["CAP_SYS_ADMIN"] };
  });
  t.equal(c.sh("mount -t tmpfs tmpfs /tmp && grep -c ' /tmp ' /proc/self/mountinfo").stdout, "1\n");
  t.notMatch(readFileSync("/proc/self/mountinfo", "utf8"), new RegExp(c.rootfs));
  t.end();
});

for (const [propagation, pattern] of [
  ["shared", /shared:/],
  ["slave", /master:|^$/],
  ["private", /^$/],
  ["unbindable", /unbindable/],
] as const) {
  t.test(`rootfsPropagation ${propagation}`, { skip: unless(isRunt, "the reference differs") }, (t) => {
    const c = container(t, (config) => (config.linux["rootfsPropagation"] = propagation));
    t.match(mountOn(c.startSleeping(), "/")?.propagation.join(" "), pattern);
    t.end();
  });
}

t.test("a read-only root refuses writes, and the mounts in it keep their own options", (t) => {
  const c = container(t, (config) => {
    config.root.readonly = true;
    config.mounts.push({ destination: "/tmp", type: "tmpfs", source: "tmpfs", options: ["nosuid"] });
  });
  const result = c.sh("touch /x; touch /tmp/x && echo tmp; touch /dev/x && echo dev");
  t.match(result.stderr, /x: Read-only file system/);
  t.equal(result.stdout, "tmp\ndev\n");
  t.end();
});

t.test("mount points that are missing are made: directories, and files for files", (t) => {
  const c = container(t);
  const file = join(c.directory, "file");
  writeFileSync(file, "hello\n");
  c.config.mounts.push({ destination: "/new/deep/dir", type: "tmpfs", source: "tmpfs", options: ["size=1m"] });
  c.config.mounts.push({ destination: "/new/deep/file", type: "bind", source: file, options: ["bind"] });
  const result = c.sh("cat /new/deep/file; stat -c '%F' /new/deep/dir; df -k /new/deep/dir | tail -n 1 | awk '{print $2}'");
  t.equal(result.stdout, "hello\ndirectory\n1024\n");
  t.end();
});

t.test("a destination that is a symbolic link stays inside the root", (t) => {
  const c = container(t);
  const victim = join(c.directory, "victim");
  mkdirSync(victim);
  symlinkSync(victim, join(c.rootfs, "absolute"));
  symlinkSync("../../../../../../../../tmp/relative", join(c.rootfs, "relative"));
  for (const destination of ["/absolute/x", "/relative/y"]) {
    c.config.mounts.push({ destination, type: "tmpfs", source: "tmpfs" });
  }
  const pid = c.startSleeping();
  t.equal(mountOn(pid, join(victim, "x"))?.type, "tmpfs", "an absolute link is resolved in the container's root");
  t.equal(mountOn(pid, "/tmp/relative/y")?.type, "tmpfs", "and `..` ends there");
  t.notOk(existsSync(join(victim, "x")), "the host's directory is untouched");
  t.end();
});

t.test("a bind mount's relative source is relative to the bundle", (t) => {
  const c = container(t);
  writeFileSync(join(c.bundle, "beside"), "beside the rootfs\n");
  c.config.mounts.push({ destination: "/beside", type: "bind", source: "beside", options: ["bind"] });
  t.equal(c.sh("cat /beside").stdout, "beside the rootfs\n");
  t.end();
});

t.test("mounts are made in the order of the config", (t) => {
  const c = container(t);
  c.config.mounts.push({ destination: "/m", type: "tmpfs", source: "first" });
  c.config.mounts.push({ destination: "/m/in", type: "tmpfs", source: "second" });
  c.config.mounts.push({ destination: "/m", type: "tmpfs", source: "third" });
  const pid = c.startSleeping();
  t.equal(mountOn(pid, "/m")?.source, "third");
  t.equal(must(c.exec(["ls", "/m"])).stdout, "", "the last one covers the first");
  t.end();
});

t.test("tmpcopyup fills a tmpfs with what it covers", (t) => {
  const c = container(t);
  mkdirSync(join(c.rootfs, "data/sub"), { recursive: true });
  writeFileSync(join(c.rootfs, "data/sub/file"), "kept\n", { mode: 0o640 });
  symlinkSync("sub/file", join(c.rootfs, "data/link"));
  c.config.mounts.push({ destination: "/data", type: "tmpfs", source: "tmpfs", options: ["tmpcopyup"] });
  const result = c.sh("cat /data/sub/file /data/link; stat -c %a /data/sub/file; readlink /data/link; touch /data/new");
  t.equal(result.stdout, "kept\nkept\n640\nsub/file\n");
  t.notOk(existsSync(join(c.rootfs, "data/new")), "what is written stays in the tmpfs");
  t.end();
});

t.test("remount changes the options of a mount that is there", (t) => {
  const c = container(t);
  c.config.mounts.push({ destination: "/r", type: "tmpfs", source: "tmpfs", options: ["nosuid"] });
  c.config.mounts.push({ destination: "/r", type: "tmpfs", source: "tmpfs", options: ["remount", "ro", "nosuid"] });
  const mount = mountOn(c.startSleeping(), "/r");
  t.ok(mount?.options.includes("ro"));
  t.ok(mount?.options.includes("nosuid"));
  t.end();
});

t.test("/proc/self/fd and the links of /dev lead where they should", (t) => {
  const c = container(t);
  const pid = c.startSleeping();
  const link = (name: string): string => readlinkSync(`/proc/${pid}/root/dev/${name}`);
  t.equal(link("fd"), "/proc/self/fd");
  t.equal(link("stdin"), "/proc/self/fd/0");
  t.equal(link("stdout"), "/proc/self/fd/1");
  t.equal(link("stderr"), "/proc/self/fd/2");
  t.match(link("ptmx"), /^(\/dev\/)?pts\/ptmx$/);
  t.end();
});
