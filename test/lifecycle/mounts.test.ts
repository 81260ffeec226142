// SPDX-License-Identifier: Apache-2.0
// @lanes host v2
/** `mounts`: into a container that runs, and out of it again. */
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { container, must } from "../lib/container.ts";
import type { Container } from "../lib/container.ts";
import { mapUsers } from "../lib/config.ts";
import { mountOn } from "../lib/kernel.ts";
import { isRunt, unless } from "../lib/lane.ts";
import type { Result } from "../lib/run.ts";

const skip = { skip: unless(isRunt, "of runt") };

function mounts(c: Container, action: "add" | "remove", list: unknown): Result {
  return c.command(["mounts", action, c.id, "-"], { input: JSON.stringify(list) });
}

function source(c: Container): string {
  const directory = join(c.directory, "data");
  mkdirSync(directory);
  writeFileSync(join(directory, "file"), "from the host\n");
  return directory;
}

t.test("a bind mount is there at once, and gone when it is removed", skip, (t) => {
  const c = container(t);
  const pid = c.startSleeping();
  const list = { mounts: [{ destination: "/data", type: "bind", source: source(c), options: ["bind", "ro", "nosuid"] }] };
  must(mounts(c, "add", list));
  t.equal(must(c.exec(["cat", "/data/file"])).stdout, "from the host\n");
  const options = mountOn(pid, "/data")?.options ?? [];
  t.ok(options.includes("ro") && options.includes("nosuid"), options.join());
  t.strictSame(mountOn(pid, "/data")?.propagation, []);
  t.equal(mountOn("self", join(c.rootfs, "data")), undefined, "the host has no such mount");
  must(mounts(c, "remove", list));
  t.equal(mountOn(pid, "/data"), undefined);
  t.match(mounts(c, "remove", list), { code: 1, stderr: /unmount "\/data"[^]*nothing is mounted there/ });
  t.end();
});

t.test("a file, and a new file system, in a container with a user namespace", skip, (t) => {
  const c = container(t, (config) => mapUsers(config, 100000));
  const pid = c.startSleeping();
  const list = {
    mounts: [
      { destination: "/etc/motd", source: join(source(c), "file"), options: ["bind"] },
      { destination: "/scratch", type: "tmpfs", source: "tmpfs", options: ["size=64k", "noexec"] },
    ],
  };
  const result = mounts(c, "add", list);
  if (result.code !== 0 && /permission denied/.test(result.stderr)) {
    t.pass("the root file system belongs to a user outside the container");
    t.end();
    return;
  }
  must(result);
  t.equal(must(c.exec(["cat", "/etc/motd"])).stdout, "from the host\n");
  t.equal(mountOn(pid, "/scratch")?.type, "tmpfs");
  must(mounts(c, "remove", list));
  t.equal(mountOn(pid, "/scratch") ?? mountOn(pid, "/etc/motd"), undefined);
  t.end();
});

t.test("all or none", skip, (t) => {
  const c = container(t);
  const pid = c.startSleeping();
  const data = source(c);
  const list = [
    { destination: "/one", source: data, options: ["bind"] },
    { destination: "/bin/busybox", source: data, options: ["bind"] },
  ];
  t.match(mounts(c, "add", { mounts: list }), { code: 1, stderr: /not a directory/ });
  t.equal(mountOn(pid, "/one"), undefined);
  t.end();
});

t.test("links of the image lead nowhere on the host, and to nothing of /proc", skip, (t) => {
  const c = container(t);
  symlinkSync("/../../../../outside", join(c.rootfs, "out"));
  symlinkSync("/proc/sys", join(c.rootfs, "away"));
  symlinkSync("/dev", join(c.rootfs, "devices"));
  const pid = c.startSleeping();
  const at = (destination: string): object => ({ mounts: [{ destination, type: "tmpfs", source: "tmpfs" }] });
  must(mounts(c, "add", at("/out/x")));
  t.equal(mountOn(pid, "/outside/x")?.type, "tmpfs");
  t.notOk(existsSync("/outside"));
  t.match(mounts(c, "add", at("/away/kernel")), { code: 1, stderr: /into \/proc/ });
  t.match(mounts(c, "remove", at("/devices/shm")), { code: 1, stderr: /symbolic link/ });
  t.equal(mountOn(pid, "/dev/shm")?.type, "tmpfs");
  t.end();
});

t.test("what is no list of mounts, and a container that does not run", skip, (t) => {
  const c = container(t);
  c.startSleeping();
  for (const input of ["", "[]", '{"mounts": {}}', '{"mounts": [{"source": "/x"}]}', '{"mounts": [{"destination": "/"}]}']) {
    t.equal(c.command(["mounts", "add", c.id, "-"], { input }).code, 1, input);
  }
  t.match(c.command(["mounts", "swap", c.id, "-"]), { code: 1, stderr: /"add" or "remove"/ });
  const file = join(c.directory, "list.json");
  writeFileSync(file, '{"mounts": []}');
  must(c.command(["mounts", "add", c.id, file]));
  must(c.kill("KILL"));
  t.match(c.command(["mounts", "add", c.id, file]), { code: 1, stderr: /container not running/ });
  t.match(c.command(["mounts", "add", "missing", file]), { code: 1, stderr: /does not exist/ });
  t.equal(readFileSync(file, "utf8"), '{"mounts": []}');
  t.end();
});
