// SPDX-License-Identifier: Apache-2.0
// @lanes host
/** config-linux.md, "Seccomp" and "The Container Process State". */
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import type { Test } from "tap";
import { container, must } from "../lib/container.ts";
import type { Container } from "../lib/container.ts";
import { readFixture } from "../lib/fixture.ts";
import { statusField } from "../lib/kernel.ts";
import { agent, isRunt, runtime, unless } from "../lib/lane.ts";
import { Background, eventually, run, waitUntil } from "../lib/run.ts";

const skip = unless(isRunt, "the reference takes some");

/** An action that returns no errno, with one. */
const noErrno: readonly { name: string; seccomp: object }[] = [
  { name: "defaultErrnoRet for SCMP_ACT_ALLOW", seccomp: { defaultAction: "SCMP_ACT_ALLOW", defaultErrnoRet: 5 } },
  { name: "defaultErrnoRet for SCMP_ACT_KILL_PROCESS", seccomp: { defaultAction: "SCMP_ACT_KILL_PROCESS", defaultErrnoRet: 1 } },
  ...["SCMP_ACT_KILL", "SCMP_ACT_TRAP", "SCMP_ACT_LOG", "SCMP_ACT_ALLOW"].map((action) => ({
    name: `errnoRet for ${action}`,
    seccomp: { defaultAction: "SCMP_ACT_ERRNO", syscalls: [{ names: ["mkdir"], action, errnoRet: 5 }] },
  })),
];

t.test("an errno for an action that returns none is an error", { skip }, (t) => {
  for (const { name, seccomp } of noErrno) {
    const c = container(t, (config) => (config.linux.seccomp = seccomp));
    const result = c.create();
    t.equal(result.code, 1, name);
    t.match(result.stderr, /rrnoRet/, name);
    t.equal(c.status(), "none", name);
  }
  t.end();
});

t.test(
  "errnoRet and defaultErrnoRet are what the calls return, EPERM where there is none",
  { skip: skip || unless(process.arch === "x64", "numbers of x86-64") },
  (t) => {
    const c = container(t, (config) => {
      config.linux.seccomp = {
        defaultAction: "SCMP_ACT_ALLOW",
        syscalls: [
          { names: ["keyctl"], action: "SCMP_ACT_ERRNO", errnoRet: 95 },
          { names: ["kexec_load"], action: "SCMP_ACT_ERRNO" },
        ],
      };
    });
    c.startSleeping();
    t.equal(c.exec(["agent", "syscall", "250"]).stdout, "errno 95\n");
    t.equal(c.exec(["agent", "syscall", "246"]).stdout, "errno 1\n");
    const denied = container(t, (config) => {
      const profile = JSON.parse(JSON.stringify(readFixture("docker-default").linux.seccomp));
      config.linux.seccomp = { ...profile, defaultErrnoRet: 95 };
    });
    denied.startSleeping();
    t.equal(denied.exec(["agent", "syscall", "246"]).stdout, "errno 95\n");
    t.end();
  },
);

/** A filter with notifications for a call that nobody makes, sent to a program that tells all it was sent. */
async function notifying(t: Test, job?: string): Promise<{ c: Container; receiver: Background; socket: string }> {
  const c = container(t, (config) => (config.annotations = { "org.example.key": "value" }));
  const socket = join(c.directory, "agent");
  c.config.process.args = ["sleep", "100"];
  c.config.linux.seccomp = {
    defaultAction: "SCMP_ACT_ALLOW",
    syscalls: [{ names: ["kexec_load"], action: "SCMP_ACT_NOTIFY" }],
    listenerPath: socket,
    listenerMetadata: 'opaque "data"',
  };
  return { c, receiver: await listen(t, socket, job), socket };
}

async function listen(t: Test, socket: string, job = "receive-fd"): Promise<Background> {
  const receiver = new Background([agent, job, socket]);
  t.teardown(() => receiver.dispose());
  await eventually(() => existsSync(socket) && receiver.stdout.includes("listening"));
  return receiver;
}

t.test(
  "the process state is one JSON object in the first message, with the descriptor, and the connection ends",
  { skip },
  async (t) => {
    const { c, receiver } = await notifying(t);
    must(c.create());
    const { stdout } = await receiver.end();
    const [, length = "", payload = ""] = /^payload (\d+) (.*)$/m.exec(stdout) ?? [];
    t.equal(Buffer.byteLength(payload), Number(length));
    const state = JSON.parse(payload);
    t.match(stdout, /^fds 1$/m, "one descriptor by SCM_RIGHTS");
    t.match(stdout, /^fd anon_inode:seccomp notify$/m, "which is of the filter");
    t.match(stdout, /^more 0$/m, "and then the end of the connection");
    t.strictSame(state.fds, ["seccompFd"]);
    t.match(state.ociVersion, /^\d+\.\d+\.\d+/);
    t.equal(state.metadata, 'opaque "data"');
    const { pid } = c.state();
    t.equal(state.pid, pid, "the pid as the runtime sees it");
    t.strictSame(state.state, {
      ociVersion: state.ociVersion,
      id: c.id,
      status: "creating",
      pid,
      bundle: c.bundle,
      annotations: { "org.example.key": "value" },
    });
  },
);

t.test("each process state has a connection of its own", { skip }, async (t) => {
  const { c, receiver, socket } = await notifying(t);
  must(c.create());
  must(c.start());
  await receiver.end();
  for (const round of [1, 2]) {
    rmSync(socket);
    const again = await listen(t, socket);
    const file = join(c.directory, `pid-${round}`);
    must(c.exec(["sleep", "50"], ["--detach", "--pid-file", file]));
    const { stdout } = await again.end();
    t.match(stdout, /^fds 1$/m);
    t.match(stdout, /^more 0$/m);
    t.match(stdout, /"seccompFd"/);
  }
});

t.test("a process state of any size arrives whole, and the descriptor with its first bytes", { skip }, async (t) => {
  const { c, receiver } = await notifying(t, "receive-all");
  const [metadata, annotation] = ["m".repeat(300_000), "\u00fc".repeat(150_000)];
  Object.assign(c.config.linux.seccomp ?? {}, { listenerMetadata: metadata });
  c.config.annotations = { "org.example.key": annotation };
  must(c.create());
  const { stdout } = await receiver.end();
  t.match(stdout, /^fds 1 in message 0$/m);
  t.equal(stdout.match(/^fds/gm)?.length, 1, "and with no other");
  t.ok(Number(/^messages (\d+)$/m.exec(stdout)?.[1]) > 1, "it comes in pieces");
  const state = JSON.parse(/^payload (.*)$/m.exec(stdout)?.[1] ?? "{}");
  t.ok(state.metadata === metadata && state.state.annotations["org.example.key"] === annotation, "and is complete");
});

t.test("a listener that cannot be told is an error, and there is no container", { skip }, async (t) => {
  const c = container(t);
  const file = join(c.directory, "no-socket");
  writeFileSync(file, "");
  const left = join(c.directory, "left");
  const gone = await listen(t, left);
  gone.child.kill("SIGKILL");
  await gone.end();
  t.ok(existsSync(left), "a socket that nobody listens at");
  const datagrams = join(c.directory, "datagrams");
  await listen(t, datagrams, "receive-datagram");
  for (const listenerPath of [file, join(c.directory, "missing"), "/dev/null", left, datagrams]) {
    c.config.linux.seccomp = {
      defaultAction: "SCMP_ACT_ALLOW",
      syscalls: [{ names: ["kexec_load"], action: "SCMP_ACT_NOTIFY" }],
      listenerPath,
    };
    const result = c.create();
    t.equal(result.code, 1, listenerPath);
    t.match(result.stderr, new RegExp(listenerPath));
    t.equal(c.status(), "none");
  }
});

/** Bits of the flags of seccomp(2). */
const FLAGS: Readonly<Record<string, number>> = {
  SECCOMP_FILTER_FLAG_TSYNC: 1,
  SECCOMP_FILTER_FLAG_LOG: 2,
  SECCOMP_FILTER_FLAG_SPEC_ALLOW: 4,
  SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV: 32,
};

/** The flags of each call with which a run of the container loads a filter. */
function loadedFlags(c: Container): number[] {
  c.config.process.args = ["true"];
  c.save();
  const trace = join(c.directory, "trace");
  must(c.command(["--trace", trace, "run", "--bundle", c.bundle, c.id]));
  const calls = readFileSync(trace, "utf8").matchAll(/"name":"seccomp",.*"arg1":1,"arg2":(\d+),"errno":0/g);
  return [...calls].map(([, flags]) => Number(flags));
}

t.test("each flag that is listed as supported is on the call that loads the filter", { skip }, async (t) => {
  const features = JSON.parse(must(run([runtime, "features"])).stdout);
  const supported: string[] = features.linux.seccomp.supportedFlags;
  t.ok(supported.length > 0);
  for (const flag of supported) {
    const { c } = await notifying(t);
    const section = { ...Object(c.config.linux.seccomp), flags: [flag] };
    if (flag !== "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV") section.syscalls[0].action = "SCMP_ACT_ERRNO";
    c.config.linux.seccomp = section;
    const loaded = loadedFlags(c);
    t.equal(loaded.length, 1, flag);
    const bits = loaded[0] ?? 0;
    t.equal(bits & (FLAGS[flag] ?? 0), FLAGS[flag], flag);
    const others = Object.entries(FLAGS).filter(([name]) => name !== flag);
    t.strictSame(
      others.filter(([, bit]) => (bits & bit) !== 0),
      [],
      `${flag} alone`,
    );
  }
});

t.test("without flags the filter costs no mitigations of speculation", { skip }, (t) => {
  const c = container(t, (config) => {
    config.linux.seccomp = { defaultAction: "SCMP_ACT_ALLOW", syscalls: [{ names: ["kexec_load"], action: "SCMP_ACT_ERRNO" }] };
  });
  const bits = (): number => loadedFlags(c)[0] ?? -1;
  t.equal(bits(), FLAGS["SECCOMP_FILTER_FLAG_SPEC_ALLOW"], "none given");
  Object.assign(c.config.linux.seccomp ?? {}, { flags: [] });
  t.equal(bits(), 0, "a list of none");
  t.end();
});

t.test("without SCMP_ACT_NOTIFY the listener is ignored", { skip }, (t) => {
  const c = container(t);
  for (const listenerPath of ["/no/such/socket", "relative"]) {
    c.config.linux.seccomp = {
      defaultAction: "SCMP_ACT_ALLOW",
      syscalls: [{ names: ["kexec_load"], action: "SCMP_ACT_ERRNO" }],
      listenerPath,
      listenerMetadata: "for nobody",
    };
    must(c.create());
    t.equal(statusField(c.state().pid, "Seccomp"), "0", "it is loaded by start");
    must(c.start());
    waitUntil(() => c.status() === "stopped");
    t.equal(c.delete().code, 0, listenerPath);
  }
  t.end();
});
