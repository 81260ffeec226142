// SPDX-License-Identifier: Apache-2.0
// @lanes host @timeout 120
/** Attacks on the set-up of /dev, its terminals and its null device; each test names its flaw. */
import { lstatSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import type { TestConfig } from "../lib/config.ts";
import { container, must } from "../lib/container.ts";
import type { Container } from "../lib/container.ts";
import { mountOn } from "../lib/kernel.ts";
import { agent, isRunt, unless } from "../lib/lane.ts";
import { Background, eventually, run } from "../lib/run.ts";
import { untouched, victim } from "../lib/victim.ts";

const ours = { skip: unless(isRunt, "the reference has the flaw or words it differently") };

/** The image's own /dev is used, with nothing mounted on it but `keep`. */
function withoutDev(config: TestConfig, ...keep: string[]): void {
  config.mounts = config.mounts.filter(
    ({ destination }) => !destination.startsWith("/dev") || keep.some((name) => destination === name),
  );
}

t.test("CVE-2026-41579, CVE-2026-47766: a name in the image's /dev is a link to the host", (t) => {
  for (const name of ["pts", "shm", "mqueue", "fd", "ptmx", "null", "tty", "console", "core"]) {
    const c = container(t, (config) => {
      withoutDev(config, "/dev/pts", "/dev/shm", "/dev/mqueue");
      config.linux.devices = [{ path: `/dev/${name}/made`, type: "c", major: 1, minor: 3 }];
    });
    const outside = victim(c);
    rmSync(join(c.rootfs, "dev", name), { recursive: true, force: true });
    symlinkSync(outside, join(c.rootfs, "dev", name));
    c.create();
    t.ok(untouched(outside), name);
    t.equal(mountOn("self", outside), undefined);
  }
  t.end();
});

t.test("CVE-2025-31133, CVE-2025-62161: what the image has at /dev/null is no null device", ours, (t) => {
  const kinds: Record<string, (path: string, c: Container) => void> = {
    file: (path) => writeFileSync(path, "secret"),
    fifo: (path) => void must(run(["mkfifo", path])),
    directory: (path) => mkdirSync(path),
    device: (path) => void must(run(["mknod", path, "c", "1", "5"])),
    link: (path) => symlinkSync("/secret", path),
    deadLink: (path) => symlinkSync("/no/where", path),
    outside: (path, c) => symlinkSync(join(victim(c), "file"), path),
  };
  for (const [kind, make] of Object.entries(kinds)) {
    const c = container(t, (config) => {
      withoutDev(config);
      config.linux.maskedPaths = ["/secret", "/proc/version"];
    });
    writeFileSync(join(c.rootfs, "secret"), "secret");
    make(join(c.rootfs, "dev/null"), c);
    const result = c.create([], { timeout: 10 });
    t.equal(result.code, 1, kind);
    t.match(result.stderr, /\/dev\/null/, kind);
  }
  t.end();
});

function withTerminal(c: Container): string {
  c.config.process.terminal = true;
  c.config.process.args = ["sh", "-c", "stat -c %t:%T /dev/console; stat -L -c %t:%T /dev/fd/0; echo end"];
  return join(c.directory, "console");
}

t.test("CVE-2025-52565: /dev/console in the image is a link", ours, async (t) => {
  for (const target of ["/etc/passwd", "/proc/sys/kernel/core_pattern", "/no/where"]) {
    const c = container(t, (config) => withoutDev(config, "/dev/pts"));
    mkdirSync(join(c.rootfs, "dev/pts"), { recursive: true });
    symlinkSync(target, join(c.rootfs, "dev/console"));
    const socket = withTerminal(c);
    const receiver = new Background([agent, "receive-fd", socket]);
    t.teardown(() => receiver.dispose());
    await eventually(() => receiver.stdout.includes("listening"));
    const result = c.create(["--console-socket", socket]);
    t.equal(result.code, 1, target);
    t.match(result.stderr, /"\/dev\/console" is a symbolic link/);
    t.notOk(lstatSync(join(c.rootfs, "etc/passwd")).isSymbolicLink());
  }
});

t.test("CVE-2025-52565: the multiplexer of terminals is none, for create and for exec", ours, (t) => {
  const c = container(t, (config) => withoutDev(config));
  mkdirSync(join(c.rootfs, "dev/pts"), { recursive: true });
  symlinkSync("/etc/passwd", join(c.rootfs, "dev/pts/ptmx"));
  withTerminal(c);
  t.not(c.run().code, 0, "a link");
  rmSync(join(c.rootfs, "dev/pts/ptmx"));
  must(run(["mknod", join(c.rootfs, "dev/pts/ptmx"), "c", "5", "2"]));
  t.match(c.run(), { code: 1, stderr: /make a terminal for the container/ }, "the host's, by a node of the image");

  const running = container(t, (config) => {
    const names = ["CAP_SYS_ADMIN", "CAP_DAC_OVERRIDE"];
    config.process.capabilities = { bounding: names, permitted: names, effective: names };
    config.process.args = [
      "sh",
      "-c",
      "mount -t tmpfs x /dev/pts && ln -s /etc/passwd /dev/pts/ptmx && echo > /ready; sleep 100",
    ];
  });
  must(running.create());
  must(running.start());
  const before = running.read("etc/passwd");
  t.equal(running.exec(["sh", "-c", "until [ -e /ready ]; do sleep 0.05; done"]).code, 0);
  t.equal(running.exec(["true"], ["--tty"]).code, 255);
  t.equal(running.read("etc/passwd"), before);
  t.end();
});
