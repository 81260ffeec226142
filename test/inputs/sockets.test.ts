// SPDX-License-Identifier: Apache-2.0
// @lanes host
/** Sockets that nobody listens at, and JSON on standard input that is none: a message that names them, and nothing left. */
import { createServer } from "node:net";
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { container } from "../lib/container.ts";
import type { Container } from "../lib/container.ts";
import { isRunt, unless } from "../lib/lane.ts";
import { nothingLeft } from "../lib/refusal.ts";
import type { Result } from "../lib/run.ts";

const ours = { skip: unless(isRunt, "wording of runt") };

/** A socket whose server is gone. */
async function deadSocket(path: string): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(`${path}.live`, resolve));
  renameSync(`${path}.live`, path); // the server removes its socket by the name that it knows
  await new Promise<void>((resolve) => server.close(() => resolve()));
}

/** What is in the place of a socket, and what the kernel says to that. */
const places: readonly { name: string; make: (path: string) => void | Promise<void>; says: RegExp }[] = [
  { name: "nothing", make: () => {}, says: /no such file or directory/ },
  { name: "a socket that nobody listens at", make: deadSocket, says: /connection refused/ },
  { name: "a file", make: (path) => writeFileSync(path, ""), says: /connection refused/ },
  { name: "a directory", make: (path) => void mkdirSync(path), says: /connection refused/ },
];

/** Who connects to `path`. */
const users: readonly { name: string; create: (c: Container, path: string) => Result; hint: RegExp }[] = [
  {
    name: "--console-socket",
    create: (c, path) => ((c.config.process.terminal = true), c.create(["--console-socket", path])),
    hint: /--console-socket must listen/,
  },
  {
    name: "linux.seccomp.listenerPath",
    create: (c, path) => {
      const syscalls = [{ names: ["mkdir"], action: "SCMP_ACT_NOTIFY" }];
      c.config.linux.seccomp = { defaultAction: "SCMP_ACT_ALLOW", listenerPath: path, syscalls };
      return c.create();
    },
    hint: /linux\.seccomp\.listenerPath must listen/,
  },
  {
    name: "run.oci.pidfd_receiver",
    create: (c, path) => ((c.config.annotations = { "run.oci.pidfd_receiver": path }), c.create()),
    hint: /run\.oci\.pidfd_receiver/,
  },
];

for (const { name, create, hint } of users) {
  for (const place of places) {
    t.test(`${name}: ${place.name}`, ours, async (t) => {
      const c = container(t);
      const path = join(c.directory, "socket");
      await place.make(path);
      const result = create(c, path);
      t.equal(result.code, 1);
      t.ok(result.stderr.includes(path), result.stderr);
      t.match(result.stderr, place.says);
      t.match(/^hint: (.*)$/m.exec(result.stderr)?.[1] ?? "", hint);
      nothingLeft(t, c);
    });
  }
}

t.test("NOTIFY_SOCKET that nobody listens at: the container runs all the same", ours, async (t) => {
  const c = container(t);
  const path = join(c.directory, "notify");
  await deadSocket(path);
  c.config.process.args = ["true"];
  const result = c.run([], { env: { ...process.env, NOTIFY_SOCKET: path } });
  t.match(result, { code: 0, timedOut: false });
  nothingLeft(t, c);
});

t.test("exec --console-socket that nobody listens at", ours, async (t) => {
  const c = container(t);
  c.startSleeping();
  const path = join(c.directory, "socket");
  await deadSocket(path);
  const result = c.exec(["true"], ["--tty", "--detach", "--console-socket", path]);
  t.equal(result.code, 255);
  t.match(result.stderr, /^exec failed: .*socket": connect: connection refused .*\nhint: whoever gives --console-socket/);
  t.equal(c.status(), "running");
});

const broken: readonly { text: string; says: RegExp }[] = [
  { text: "", says: /is empty|not valid JSON/ },
  { text: "{", says: /not valid JSON/ },
  { text: '{"a":1,}', says: /not valid JSON/ },
  { text: "[]", says: /an empty list|a list/ },
  { text: "null", says: /null/ },
  { text: "\u0000", says: /not valid JSON/ },
];

t.test("update --resources - with broken JSON", ours, (t) => {
  const c = container(t);
  c.startSleeping();
  const texts = [...broken, { text: '{"pids":{"limit":"x"}}', says: /pids\.limit is "x", and must be a 64-bit integer/ }];
  for (const { text, says } of texts) {
    const { code, stderr } = c.command(["update", "--resources", "-", c.id], { input: text });
    t.equal(code, 1, JSON.stringify(text));
    t.match(stderr, says);
    t.match(stderr, /standard input|stdin/, "says where it was");
  }
  t.end();
});

t.test("exec --process with broken JSON", ours, (t) => {
  const c = container(t);
  c.startSleeping();
  const texts = [
    ...broken,
    {
      text: '{"args":["true"],"cwd":"relative","user":{"uid":0,"gid":0}}',
      says: /cwd is "relative", and must be an absolute path/,
    },
    { text: '{"args":["true"],"cwd":"/","user":{"uid":4294967295,"gid":0}}', says: /user\.uid is 4294967295/ },
  ];
  const file = join(c.directory, "process.json");
  for (const { text, says } of texts) {
    writeFileSync(file, text);
    const { code, stderr } = c.command(["exec", "--process", file, c.id]);
    t.equal(code, 255, JSON.stringify(text));
    t.match(stderr, says);
    t.ok(stderr.includes(file), "names the file");
  }
  t.equal(c.command(["exec", "--user", "4294967295", c.id, "true"]).code, 255, "a uid that means none");
  t.end();
});
