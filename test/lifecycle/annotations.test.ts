// SPDX-License-Identifier: Apache-2.0
// @lanes host v2
/** The annotations that change what the runtime does: extensions of crun's that engines and their users know. */
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import type { Test } from "tap";
import { container, must } from "../lib/container.ts";
import type { Container } from "../lib/container.ts";
import { statusField } from "../lib/kernel.ts";
import { agent, isRunt, runtime, unless } from "../lib/lane.ts";
import { Background, eventually, run, waitUntil } from "../lib/run.ts";

const ours = { skip: unless(isRunt, "annotations of crun") };
const x86 = { skip: ours.skip || unless(process.arch === "x64", "the numbers of calls are those of x86-64") };

/** A container with one annotation. */
function annotated(t: Test, name: string, value: string): Container {
  const c = container(t);
  c.config.annotations = { [name]: value };
  return c;
}

/** Instructions of classic BPF, [code, jt, jf, k], in base64. */
function bpf(...instructions: [number, number, number, number][]): string {
  const bytes = Buffer.alloc(instructions.length * 8);
  instructions.forEach(([code, jt, jf, k], index) => {
    bytes.writeUInt16LE(code, index * 8);
    bytes.writeUInt8(jt, index * 8 + 2);
    bytes.writeUInt8(jf, index * 8 + 3);
    bytes.writeUInt32LE(k, index * 8 + 4);
  });
  return bytes.toString("base64");
}

/** Calls: mkdir answers ENOSPC, the rest is allowed. */
const noMkdir = bpf([0x20, 0, 0, 0], [0x15, 0, 1, 83], [0x06, 0, 0, 0x5001c], [0x06, 0, 0, 0x7fff0000]);

t.test("seccomp_bpf_data is the filter, in place of the section", x86, (t) => {
  const c = annotated(t, "run.oci.seccomp_bpf_data", noMkdir);
  c.config.linux.seccomp = {
    defaultAction: "SCMP_ACT_ALLOW",
    syscalls: [{ names: ["keyctl"], action: "SCMP_ACT_ERRNO", errnoRet: 5 }],
  };
  const pid = c.startSleeping();
  t.equal(statusField(pid, "Seccomp"), "2");
  t.equal(c.exec(["agent", "syscall", "83", "/x"]).stdout, "errno 28\n", "exec is under it too");
  t.not(c.exec(["agent", "syscall", "250"]).stdout, "errno 5\n", "the section is not looked at");
  t.end();
});

t.test("seccomp_bpf_data that the kernel or runt refuses leaves nothing", x86, (t) => {
  const jumpsNowhere = bpf([0x15, 9, 9, 0], [0x06, 0, 0, 0x7fff0000]);
  for (const [data, message] of [
    [jumpsNowhere, /load the seccomp filter.*invalid argument/i],
    ["%", /seccomp_bpf_data.*is not base64/],
    [bpf([0x06, 0, 0, 0x7fc00000]), /asks an agent/],
  ] as const) {
    const c = annotated(t, "run.oci.seccomp_bpf_data", data);
    const result = c.run();
    t.equal(result.code, 1);
    t.match(result.stderr, message);
    t.equal(c.status(), "none");
  }
  t.end();
});

t.test("seccomp_fail_unknown_syscall makes a name that is not known an error", ours, (t) => {
  const c = annotated(t, "run.oci.seccomp_fail_unknown_syscall", "1");
  const syscalls = [{ names: ["mkdir", "no_such_call"], action: "SCMP_ACT_ERRNO" }];
  c.config.linux.seccomp = { defaultAction: "SCMP_ACT_ALLOW", syscalls };
  for (let round = 0; round < 2; round++) {
    const result = c.create();
    t.equal(result.code, 1);
    t.match(result.stderr, /system call "no_such_call" is unknown/, round === 0 ? "compiled" : "from the cache");
    t.equal(c.status(), "none");
  }
  c.config.annotations = {};
  t.equal(must(c.run()).code, 0, "without it the name is skipped");
  t.end();
});

t.test(
  "keep_original_groups leaves the groups of the caller",
  { skip: ours.skip || unless(existsSync("/usr/bin/setpriv"), "no setpriv") },
  (t) => {
    const c = annotated(t, "run.oci.keep_original_groups", "1");
    c.config.process.args = ["grep", "Groups", "/proc/self/status"];
    c.config.process.user.additionalGids = [7];
    c.save();
    const groups = (): string => {
      const argv = ["setpriv", "--groups", "4321,5432", "--", ...c.argv("run", "--bundle", c.bundle, c.id)];
      return must(run(argv)).stdout.replace(/\s+/g, " ").trim();
    };
    t.equal(groups(), "Groups: 4321 5432");
    c.config.annotations = {};
    c.save();
    t.equal(groups(), "Groups: 7");
    t.end();
  },
);

t.test("pidfd_receiver is sent a pidfd of init", ours, async (t) => {
  for (const command of ["create", "run"] as const) {
    const c = container(t);
    const socket = join(c.directory, "pidfd");
    c.config.annotations = { "run.oci.pidfd_receiver": socket };
    const receiving = new Background([agent, "receive-fd", socket]);
    t.teardown(() => receiving.dispose());
    t.ok(await eventually(() => existsSync(socket)));
    must(command === "create" ? c.create() : c.run());
    const { stdout } = await receiving.end();
    t.match(stdout, /^fds 1$/m, command);
    if (command === "create") t.match(stdout, new RegExp(`^pidfd ${c.state().pid}$`, "m"));
  }
});

t.test("a pidfd_receiver that does not listen is an error, and nothing is left", ours, (t) => {
  const c = annotated(t, "run.oci.pidfd_receiver", "/no/such/socket");
  t.match(c.create(), {
    code: 1,
    stderr: /send the pidfd: .*"\/no\/such\/socket".*no such file[^]*hint: .*run\.oci\.pidfd_receiver/,
  });
  t.equal(c.status(), "none");
  t.match(annotated(t, "run.oci.pidfd_receiver", "socket").create(), { code: 1, stderr: /must be an absolute path/ });
  t.end();
});

for (const way of ["annotation", "environment"] as const) {
  t.test(`a seccomp listener named by the ${way}`, x86, async (t) => {
    const c = container(t);
    const socket = join(c.directory, "agent");
    c.config.linux.seccomp = {
      defaultAction: "SCMP_ACT_ALLOW",
      syscalls: [{ names: ["mkdir", "sendmsg"], action: "SCMP_ACT_NOTIFY" }],
    };
    if (way === "annotation") c.config.annotations = { "run.oci.seccomp.receiver": socket };
    const answering = new Background([agent, "seccomp-agent", socket, "74"]);
    t.teardown(() => answering.dispose());
    t.ok(await eventually(() => existsSync(socket)));
    c.config.process.args = ["agent", "syscall", "83", "/x"];
    // The call with which a descriptor is sent is asked about too: it must not be needed for handing over the listener.
    const env = way === "environment" ? { ...process.env, RUN_OCI_SECCOMP_RECEIVER: socket } : process.env;
    t.equal(must(c.run([], { env })).stdout, "errno 74\n");
    t.match((await answering.end()).stdout, new RegExp(`"id":"${c.id}"`));
  });
}

t.test("hooks.stdout and hooks.stderr get what all hooks print, and keep what was there", ours, (t) => {
  const points = ["prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"];
  const c = container(t, (config) => (config.process.args = ["sleep", "100"]));
  const [out, err] = [join(c.directory, "out"), join(c.directory, "err")];
  c.config.annotations = { "run.oci.hooks.stdout": out, "run.oci.hooks.stderr": err };
  const hook = (point: string): object => ({ path: "/bin/sh", args: ["sh", "-c", `echo out ${point}; echo err ${point} >&2`] });
  c.config.hooks = Object.fromEntries(points.map((point) => [point, [hook(point)]]));
  for (let round = 1; round <= 2; round++) {
    const printed = must(c.create());
    t.equal(printed.stdout + printed.stderr, "");
    must(c.start());
    must(c.kill("KILL"));
    waitUntil(() => c.status() === "stopped");
    must(c.delete());
    const lines = (word: string): string => points.map((point) => `${word} ${point}\n`).join("");
    t.equal(readFileSync(out, "utf8"), lines("out").repeat(round));
    t.equal(readFileSync(err, "utf8"), lines("err").repeat(round));
  }
  t.end();
});

t.test("a hook that fails is told with its exit code, its words are in the file", ours, (t) => {
  const c = container(t);
  const file = join(c.directory, "both");
  c.config.annotations = { "run.oci.hooks.stdout": file, "run.oci.hooks.stderr": file };
  c.config.hooks = { createContainer: [{ path: "/bin/sh", args: ["sh", "-c", "echo its; echo words >&2; exit 9"] }] };
  const result = c.create();
  t.equal(result.code, 1);
  t.match(result.stderr, /createContainer hook #0.*9/);
  t.equal(readFileSync(file, "utf8"), "its\nwords\n");
  t.equal(c.status(), "none");
  t.end();
});

t.test("a file for hooks that cannot be written is an error, and nothing is left", ours, (t) => {
  const c = container(t);
  mkdirSync(join(c.directory, "directory"));
  c.config.annotations = { "run.oci.hooks.stdout": join(c.directory, "directory") };
  for (const point of ["createRuntime", "createContainer"]) {
    c.config.hooks = { [point]: [{ path: "/bin/true" }] };
    t.match(c.create(), { code: 1, stderr: /for the output of hooks.*is a directory/ }, point);
    t.equal(c.status(), "none");
  }
  t.end();
});

t.test("handlers and plugins are refused rather than ignored", ours, (t) => {
  for (const [name, value] of [
    ["run.oci.handler", "krun"],
    ["run.oci.handler", "wasm"],
    ["run.oci.seccomp.plugins", "plugin.so"],
  ] as const) {
    const result = annotated(t, name, value).create();
    t.equal(result.code, 1);
    t.match(result.stderr, new RegExp(`annotations\\["${name}"\\] is "${value}", and runt`));
  }
  t.end();
});

t.test("features names the annotations that an engine should not let everybody set", ours, (t) => {
  const features = JSON.parse(must(run([runtime, "features"])).stdout);
  const names: string[] = features.potentiallyUnsafeConfigAnnotations;
  for (const name of [
    "org.criu.config",
    "org.systemd.property.",
    "run.oci.hooks.stderr",
    "run.oci.hooks.stdout",
    "run.oci.keep_original_groups",
    "run.oci.mount_context_type",
    "run.oci.pidfd_receiver",
    "run.oci.seccomp.receiver",
    "run.oci.seccomp_bpf_data",
    "run.oci.seccomp_fail_unknown_syscall",
  ])
    t.ok(names.includes(name), name);
  t.notOk(names.includes("run.oci.handler"), "what is refused is no danger");
  t.end();
});
