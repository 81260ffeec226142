// SPDX-License-Identifier: Apache-2.0
// @lanes host
/** Bad configs: each is refused before anything is made, with a message that names what is wrong. */
import { chmodSync, existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import type { Test } from "tap";
import type { TestConfig } from "../lib/config.ts";
import { container } from "../lib/container.ts";
import type { Container } from "../lib/container.ts";
import { cgroupDirectories } from "../lib/kernel.ts";
import { isRunt, unless } from "../lib/lane.ts";
import type { Result } from "../lib/run.ts";

/** What every refusal has in common: code 1, the reason on stderr and in the log, and nothing made. */
function refused(t: Test, c: Container, create: (flags: string[]) => Result, message: RegExp): void {
  const log = join(c.directory, "log.json");
  const result = create(["--log", log, "--log-format", "json"]);
  t.equal(result.code, 1, "exit code");
  t.match(result.stderr, message, "standard error");
  const text = existsSync(log) ? readFileSync(log, "utf8") : "";
  const last = JSON.parse(text.trim().split("\n").at(-1) || "{}");
  t.equal(last.level, "error", "a line in the log");
  t.match(last.msg, message, "with the reason");
  t.notOk(existsSync(join(c.stateRoot, c.id)), "no state");
  t.strictSame(cgroupDirectories(c.cgroupsPath), [], "no cgroup");
}

const texts: readonly { name: string; text: string; message: RegExp }[] = [
  { name: "empty", text: "", message: /config\.json/ },
  { name: "not JSON", text: "{ this is not json", message: /config\.json|JSON|json|invalid/ },
  { name: "cut off", text: '{"ociVersion": "1.0.2", "process": {', message: /config\.json|JSON|json|unexpected/ },
  { name: "an array", text: "[]", message: /object|array/ },
  { name: "null", text: "null", message: /object|null|config\.json/ },
  {
    name: "a name that is no string",
    text: '{"annotations": {1: "x"}}',
    message: /line 1, column 18: expected a property name in quotes/,
  },
  { name: "bytes that are no text", text: "\u0000\u0001\ufffd", message: /config\.json|JSON|json|invalid/ },
];
for (const { name, text, message } of texts) {
  t.test(`config.json: ${name}`, { skip: unless(isRunt, "wording of runt") }, (t) => {
    const c = container(t);
    writeFileSync(join(c.bundle, "config.json"), text);
    refused(t, c, (flags) => c.command([...flags, "create", "--bundle", c.bundle, c.id]), message);
    t.end();
  });
}

/** One change to a good config, and what the message must name. */
const changes: readonly { name: string; change: (config: TestConfig) => unknown; message: RegExp }[] = [
  { name: "no ociVersion", change: (c) => Reflect.deleteProperty(c, "ociVersion"), message: /ociVersion/ },
  { name: "ociVersion is no version", change: (c) => (c.ociVersion = "one"), message: /ociVersion/ },
  { name: "no root", change: (c) => Reflect.deleteProperty(c, "root"), message: /root/ },
  { name: "root.path is a number", change: (c) => Object.assign(c.root, { path: 7 }), message: /root.*path/ },
  { name: "the rootfs is missing", change: (c) => (c.root.path = "nowhere"), message: /nowhere/ },
  { name: "no process.args", change: (c) => Reflect.deleteProperty(c.process, "args"), message: /args/ },
  { name: "empty process.args", change: (c) => (c.process.args = []), message: /args/ },
  { name: "args is a string", change: (c) => Object.assign(c.process, { args: "true" }), message: /args/ },
  { name: "cwd is relative", change: (c) => (c.process.cwd = "tmp"), message: /cwd/ },
  { name: "no cwd", change: (c) => Reflect.deleteProperty(c.process, "cwd"), message: /cwd/ },
  { name: "uid is negative", change: (c) => (c.process.user.uid = -1), message: /uid/ },
  { name: "uid is a string", change: (c) => Object.assign(c.process.user, { uid: "0" }), message: /uid/ },
  { name: "gid is a fraction", change: (c) => (c.process.user.gid = 1.5), message: /gid/ },
  { name: "env is an object", change: (c) => Object.assign(c.process, { env: { A: "1" } }), message: /env/ },
  { name: "terminal is a string", change: (c) => Object.assign(c.process, { terminal: "yes" }), message: /terminal/ },
  { name: "an unknown namespace", change: (c) => c.linux.namespaces.push({ type: "nosuch" }), message: /nosuch|namespaces/ },
  {
    name: "a relative namespace path",
    change: (c) => c.linux.namespaces.push({ type: "time", path: "a/b" }),
    message: /a\/b|path/,
  },
  {
    name: "a bad capability",
    change: (c) => (c.process.capabilities = { bounding: ["CAP_NOSUCH", "no caps"] }),
    message: /no caps/,
  },
  { name: "a mount without destination", change: (c) => c.mounts.push(JSON.parse('{"type":"tmpfs"}')), message: /destination/ },
  {
    name: "a mount of an unknown type",
    change: (c) => c.mounts.push({ destination: "/x", type: "nosuchfs", source: "x" }),
    message: /nosuchfs|\/x/,
  },
  {
    name: "a bind mount of nothing",
    change: (c) => c.mounts.push({ destination: "/x", type: "bind", source: "/no/such/source", options: ["bind"] }),
    message: /\/no\/such\/source/,
  },
  {
    name: "a mount option that the file system does not know",
    change: (c) => c.mounts.push({ destination: "/x", type: "tmpfs", source: "x", options: ["nosuchoption"] }),
    message: /nosuchoption|\/x/,
  },
  { name: "mounts is an object", change: (c) => Object.assign(c, { mounts: {} }), message: /mounts/ },
  {
    name: "a program that is not there",
    change: (c) => (c.process.args = ["/no/such/program"]),
    message: /\/no\/such\/program.*no such file/i,
  },
  {
    name: "a program that PATH does not have",
    change: (c) => (c.process.args = ["nosuchprogram"]),
    message: /executable file not found in \$PATH/,
  },
  { name: "a program that may not be run", change: (c) => (c.process.args = ["/etc/passwd"]), message: /permission denied/i },
  {
    name: "a program that is a directory",
    change: (c) => (c.process.args = ["/etc"]),
    message: /permission denied|is a directory/i,
  },
  {
    name: "a device without numbers",
    change: (c) => (c.linux.devices = [{ path: "/dev/x", type: "c" }]),
    message: /major|dev\/x/,
  },
  {
    name: "a device of an unknown type",
    change: (c) => (c.linux.devices = [{ path: "/dev/x", type: "z", major: 1, minor: 1 }]),
    message: /type|z/,
  },
  { name: "a hook with a relative path", change: (c) => (c.hooks = { createRuntime: [{ path: "hook" }] }), message: /hook/ },
  {
    name: "a hook with a negative timeout",
    change: (c) => (c.hooks = { poststop: [{ path: "/bin/true", timeout: -1 }] }),
    message: /timeout/,
  },
  {
    name: "maps without a user namespace",
    change: (c) => (c.linux["uidMappings"] = [{ containerID: 0, hostID: 1, size: 1 }]),
    message: /user|uidMappings/i,
  },
  { name: "pids.limit is a string", change: (c) => (c.linux.resources.pids = { limit: "10" }), message: /pids/ },
  { name: "memory.limit is a word", change: (c) => (c.linux.resources.memory = { limit: "lots" }), message: /memory/ },
  {
    name: "a bad rootfsPropagation",
    change: (c) => (c.linux["rootfsPropagation"] = "sideways"),
    message: /rootfsPropagation|sideways/,
  },
  { name: "a bad oomScoreAdj", change: (c) => (c.process["oomScoreAdj"] = 5000), message: /oom/i },
  { name: "a working directory that is a file", change: (c) => (c.process.cwd = "/etc/passwd"), message: /\/etc\/passwd/ },
];
for (const { name, change, message } of changes) {
  t.test(`config: ${name}`, { skip: unless(isRunt, "the reference checks less") }, (t) => {
    const c = container(t);
    change(c.config);
    refused(t, c, (flags) => (c.save(), c.command([...flags, "create", "--bundle", c.bundle, c.id])), message);
    t.end();
  });
}

t.test("all that is wrong with a config is told at once", { skip: unless(isRunt, "of runt") }, (t) => {
  const c = container(t, (config) => {
    Object.assign(config.process, { args: 7, cwd: 8 });
    Object.assign(config.root, { path: 9 });
  });
  const { stderr } = c.create();
  for (const member of ["args", "cwd", "path"]) t.match(stderr, new RegExp(member), member);
  t.end();
});

t.test("no config.json, no bundle", (t) => {
  const c = container(t);
  refused(t, c, (flags) => c.command([...flags, "create", "--bundle", c.bundle, c.id]), /config\.json.*no such file/i);
  rmSync(join(c.directory, "log.json"));
  refused(
    t,
    c,
    (flags) => c.command([...flags, "create", "--bundle", join(c.directory, "none"), c.id]),
    /none.*no such file|no such file.*none/i,
  );
  t.end();
});

t.test("a rootfs that is a symbolic link or a file", { skip: unless(isRunt, "the reference takes links") }, (t) => {
  const link = container(t, (config) => (config.root.path = "link"));
  symlinkSync("rootfs", join(link.bundle, "link"));
  refused(t, link, (flags) => (link.save(), link.command([...flags, "create", "--bundle", link.bundle, link.id])), /link/);
  const file = container(t, (config) => (config.root.path = "file"));
  writeFileSync(join(file.bundle, "file"), "");
  refused(
    t,
    file,
    (flags) => (file.save(), file.command([...flags, "create", "--bundle", file.bundle, file.id])),
    /file.*not a directory/i,
  );
  t.end();
});

t.test("a program with a bad interpreter or format", (t) => {
  const c = container(t, (config) => (config.process.args = ["/script"]));
  writeFileSync(join(c.rootfs, "script"), "#!/no/such/interpreter\n", { mode: 0o755 });
  t.not(c.run().code, 0);
  writeFileSync(join(c.rootfs, "script"), "\u007fELF nothing\n");
  chmodSync(join(c.rootfs, "script"), 0o755);
  const result = c.run();
  t.not(result.code, 0);
  t.match(result.stderr, /exec format error/i);
  t.equal(c.status(), "none");
  t.end();
});
