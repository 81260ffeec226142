// SPDX-License-Identifier: Apache-2.0
// @lanes host v2
/** `checkpoint` and `restore`: what criu is asked for, what becomes of the container when it fails, and the whole way with a real one. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import type { Test } from "tap";
import { container, must, filesDirectory } from "../lib/container.ts";
import type { Container } from "../lib/container.ts";
import { criuWorks, fakeCriu } from "../lib/criu.ts";
import { cgroupDirectory, isAlive, mountOn } from "../lib/kernel.ts";
import { agent, findProgram, isRunt, runtime, unless } from "../lib/lane.ts";
import { Background, run, waitUntil } from "../lib/run.ts";

const ours = { skip: unless(isRunt, "of runt") };
const real = { skip: unless(criuWorks, "no criu that works on this kernel") };

/** A container that counts in memory and shows it in a file of its /tmp. Its streams lead nowhere, as those of a daemon. */
function counting(t: Test): Container {
  const step = "i=$((i+1)); echo $i > /tmp/new; mv /tmp/new /tmp/count; sleep 0.05"; // the file is never seen empty
  const script = `exec </dev/null >/dev/null 2>&1; i=0; while :; do ${step}; done`;
  return container(t, (config) => {
    config.process.args = ["sh", "-c", script];
    config.mounts.push({ destination: "/data", type: "bind", source: "/usr/share", options: ["bind", "ro"] });
  });
}

const count = (c: Container): number => (existsSync(join(c.rootfs, "tmp/count")) ? Number(c.read("tmp/count")) : 0);

function startCounting(t: Test): Container {
  const c = counting(t);
  must(c.run(["--detach"]));
  t.ok(waitUntil(() => count(c) > 5));
  return c;
}

const paths = (c: Container, name = "images"): string[] => ["--image-path", join(c.directory, name)];

t.test("engines look at the help, and at what a missing value says", ours, (t) => {
  t.equal(run([runtime, "checkpoint", "--help"]).code, 0);
  t.match(run([runtime, "restore", "--lsm-mount-context"]), { code: 1, stderr: /flag needs an argument/ });
  t.end();
});

t.test("without criu the container goes on", ours, (t) => {
  const c = container(t);
  const pid = c.startSleeping();
  const failing = fakeCriu(c, "exit 1");
  for (const { env, message } of [
    { env: { PATH: "/nowhere" }, message: /criu is not installed: executable file not found in \$PATH\nhint: / },
    { env: failing.env, message: /criu dump: exit status 1: it gives no reason\nhint: its whole log is / },
  ]) {
    if (env.PATH === "/nowhere" && findProgram("criu") !== undefined) continue;
    t.match(c.command(["checkpoint", ...paths(c), c.id], { env }), { code: 1, stderr: message });
    t.equal(c.status(), "running");
    t.ok(isAlive(pid));
  }
  t.end();
});

t.test("the reason is read from criu's log", ours, (t) => {
  const c = container(t);
  c.startSleeping();
  const log = join(c.directory, "images/dump.log");
  const { env } = fakeCriu(c, `echo "(00.1) Error (criu/x.c:1): the moon is wrong" > ${log}; exit 3`);
  const { stderr } = c.command(["checkpoint", ...paths(c), c.id], { env });
  t.match(stderr, /^criu dump: exit status 3: the moon is wrong\n/);
  t.end();
});

t.test("every flag reaches criu", ours, (t) => {
  const c = container(t);
  c.startSleeping();
  const { env, calls } = fakeCriu(c, "exit 0");
  const all = "--tcp-established --ext-unix-sk --shell-job --file-locks --auto-dedup --link-remap --leave-running".split(" ");
  const more = "--manage-cgroups-mode full --empty-ns network --network-lock skip --tcp-skip-in-flight".split(" ");
  must(c.command(["checkpoint", ...paths(c), ...all, ...more, "--page-server", "1.2.3.4:27", c.id], { env }));
  const [dump = ""] = calls();
  for (const part of [
    ...all,
    "--manage-cgroups=full",
    "--empty-ns net",
    "--skip-in-flight",
    "--page-server --address 1.2.3.4 --port 27",
  ]) {
    t.ok(dump.includes(` ${part} `), part);
  }
  t.equal(c.status(), "running", "it is left running");
  must(c.command(["checkpoint", ...paths(c, "pre"), "--pre-dump", c.id], { env }));
  must(c.command(["checkpoint", ...paths(c, "full"), "--parent-path", "../pre", "--leave-running", c.id], { env }));
  t.match(calls()[1], /^pre-dump .*--track-mem/);
  t.match(calls()[2], /^dump .*--track-mem --prev-images-dir \.\.\/pre/);
  must(c.command(["checkpoint", ...paths(c), c.id], { env }));
  t.equal(c.status(), "none", "and it ends without --leave-running");
  t.end();
});

t.test("flags that contradict each other or say nothing", ours, (t) => {
  const c = container(t);
  c.startSleeping();
  const { env } = fakeCriu(c, "exit 0");
  for (const [flags, message] of [
    [["--parent-path", "/absolute"], /must be relative/],
    [["--parent-path", "../missing"], /no such directory/],
    [["--manage-cgroups-mode", "some"], /"some" for flag -manage-cgroups-mode/],
    [["--empty-ns", "pid"], /"network"/],
    [["--page-server", "nowhere"], /ADDRESS:PORT/],
  ] as const) {
    t.match(c.command(["checkpoint", ...paths(c), ...flags, c.id], { env }), { code: 1, stderr: message });
  }
  must(c.kill("KILL"));
  t.ok(waitUntil(() => c.status() === "stopped"));
  t.match(c.command(["checkpoint", ...paths(c), c.id], { env }), { code: 1, stderr: /container not running/ });
  t.match(c.command(["restore", "--bundle", c.bundle, ...paths(c, "none"), "other"], { env }), {
    code: 1,
    stderr: /no checkpoint/,
  });
  t.end();
});

t.test("a restore that fails leaves nothing", ours, (t) => {
  const c = container(t);
  c.startSleeping();
  must(c.command(["checkpoint", ...paths(c), c.id], { env: fakeCriu(c, 'test "$1" = dump').env }));
  const env = { ...process.env, PATH: `${join(c.directory, "fake")}:${process.env["PATH"] ?? ""}` };
  const failed = c.command(["restore", "--detach", "--bundle", c.bundle, ...paths(c), c.id], { env });
  t.match(failed, { code: 1, stderr: /^runt restore failed: criu restore: exit status 1/ });
  t.equal(c.status(), "none");
  t.equal(mountOn("self", join(filesDirectory(c), "root")), undefined);
  must(c.create());
  t.end();
});

t.test("a restored container goes on where it was", real, (t) => {
  const c = startCounting(t);
  must(c.command(["checkpoint", ...paths(c), c.id]));
  t.equal(c.status(), "none");
  const before = count(c);
  t.ok(before > 5);
  const pidFile = join(c.directory, "pid");
  must(c.command(["restore", "--detach", "--bundle", c.bundle, "--pid-file", pidFile, ...paths(c), c.id]));
  const { pid, status } = c.state();
  t.equal(status, "running");
  t.equal(readFileSync(pidFile, "utf8"), String(pid));
  t.ok(waitUntil(() => count(c) > before + 3));
  t.ok(count(c) < before + 1000, "it did not start anew");
  t.match(cgroupDirectory(pid, "memory"), new RegExp(`${c.cgroupsPath}$`));
  t.equal(must(c.exec(["sh", "-c", "hostname; cat /proc/1/comm"])).stdout, "test-host\nsh\n");
  t.equal(mountOn("self", join(filesDirectory(c), "root")), undefined);
  must(c.command(["pause", c.id]));
  must(c.command(["resume", c.id]));
  must(c.delete("--force"));
  t.notOk(isAlive(pid));
  t.end();
});

t.test("--leave-running", real, (t) => {
  const c = startCounting(t);
  // A file that was open is looked for again by its name, and this container goes on and moves it away.
  const hadOpenFile = (): boolean => readFileSync(join(c.directory, "images/files.img")).includes("/tmp/new");
  for (let times = 0; times < 20; times++) {
    must(c.command(["checkpoint", ...paths(c), "--leave-running", c.id]));
    if (!hadOpenFile()) break;
  }
  const now = count(c);
  t.ok(
    waitUntil(() => count(c) > now),
    "it goes on",
  );
  must(c.delete("--force"));
  must(c.command(["restore", "--detach", "--bundle", c.bundle, ...paths(c), c.id]));
  t.equal(c.status(), "running");
  t.end();
});

const tracksMemory = criuWorks && run(["criu", "check", "--feature", "mem_dirty_track"]).code === 0;

t.test(
  "--pre-dump, and a checkpoint with it as the parent",
  { skip: unless(tracksMemory, "no tracking of memory here") },
  (t) => {
    const c = startCounting(t);
    must(c.command(["checkpoint", ...paths(c, "pre"), "--pre-dump", c.id]));
    t.equal(c.status(), "running");
    must(c.command(["checkpoint", ...paths(c), "--parent-path", "../pre", c.id]));
    must(c.command(["restore", "--detach", "--bundle", c.bundle, ...paths(c), c.id]));
    t.equal(c.status(), "running");
    t.end();
  },
);

t.test("in the foreground restore ends with the code of the process", real, async (t) => {
  const c = container(t, (config) => {
    config.process.args = ["sh", "-c", "exec </dev/null >/dev/null 2>&1; while [ ! -e /tmp/go ]; do sleep 0.05; done; exit 7"];
  });
  must(c.run(["--detach"]));
  must(c.command(["checkpoint", ...paths(c), c.id]));
  const restore = c.background(["restore", "--bundle", c.bundle, ...paths(c), c.id]);
  t.teardown(() => restore.dispose());
  t.ok(
    waitUntil(() => c.status() === "running"),
    restore.stderr,
  );
  writeFileSync(join(c.rootfs, "tmp/go"), "");
  t.equal((await restore.end()).code, 7);
  t.equal(c.status(), "none");
  t.end();
});

t.test("a terminal goes to the console socket again", real, (t) => {
  const c = container(t, (config) => {
    config.process.terminal = true;
    config.process.args = ["sh", "-c", "while :; do sleep 0.1; tty > /tmp/tty; done"];
  });
  const listen = (name: string): string => {
    const path = join(c.directory, name);
    const receiver = new Background([agent, "receive-fd", path]);
    t.teardown(() => receiver.dispose());
    t.ok(waitUntil(() => existsSync(path)));
    return path;
  };
  must(c.run(["--detach", "--console-socket", listen("first")]));
  t.ok(waitUntil(() => existsSync(join(c.rootfs, "tmp/tty"))));
  must(c.command(["checkpoint", ...paths(c), c.id]));
  const flags = ["--detach", "--bundle", c.bundle, "--console-socket", listen("second")];
  must(c.command(["restore", ...flags, ...paths(c), c.id]));
  t.equal(c.status(), "running");
  t.end();
});

t.test("hooks come before the processes go on", real, (t) => {
  const c = startCounting(t);
  const seen = join(c.directory, "seen");
  must(c.command(["checkpoint", ...paths(c), c.id]));
  const before = count(c);
  const script = `sleep 0.5; cat ${join(c.rootfs, "tmp/count")} > ${seen}`;
  c.config.hooks = { createRuntime: [{ path: "/bin/sh", args: ["sh", "-c", script] }] };
  c.save();
  must(c.command(["restore", "--detach", "--bundle", c.bundle, ...paths(c), c.id]));
  t.equal(Number(readFileSync(seen, "utf8")), before);
  t.ok(waitUntil(() => count(c) > before));
  t.end();
});
