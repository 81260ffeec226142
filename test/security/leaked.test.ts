// SPDX-License-Identifier: Apache-2.0
// @lanes host @timeout 120
/** What the caller has open or in its environment when it calls the runtime is of no use to the container. */
import { mkdirSync, readFileSync, readlinkSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { container, must } from "../lib/container.ts";
import type { Container } from "../lib/container.ts";
import { agent, isRunt, unless } from "../lib/lane.ts";
import { run } from "../lib/run.ts";
import type { Result } from "../lib/run.ts";

/** Descriptors that the caller leaks: its own ones, and beyond those that the runtime opens. */
const LEAKED = [3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 20, 31];
/** Of those, the ones that `--preserve-fds 4` hands to the container on purpose. */
const PRESERVED = [3, 4, 5, 6];

/** Runs the runtime with the root directory of the host open at each of these numbers. */
function leaking(c: Container, args: readonly string[], numbers: readonly number[] = LEAKED): Result {
  const script = `${numbers.map((fd) => `exec ${fd}</`).join("; ")}; exec "$@"`;
  return run(["bash", "-c", script, "bash", ...c.argv(...args)]);
}

/** Ways to name a descriptor as a directory. */
function namesOf(fd: number): string[] {
  return [`/proc/self/fd/${fd}`, `/proc/thread-self/fd/${fd}`, `/proc/1/fd/${fd}`, `/proc/self/fd/${fd}/etc/..`];
}

/** A process that tells where it is and how much of the host it sees from there. */
const WHERE = ["sh", "-c", "pwd; readlink /proc/self/cwd; ls -d ../../../../../../boot 2>/dev/null"];

for (const flags of [[], ["--preserve-fds", "4"]]) {
  const how = flags.length > 0 ? ` with ${flags.join(" ")}` : "";
  t.test(`CVE-2024-21626: the working directory is a descriptor that the caller leaked${how}, for create`, (t) => {
    for (const fd of LEAKED) {
      for (const cwd of namesOf(fd)) {
        const c = container(t, (config) => {
          config.process.cwd = cwd;
          config.process.args = WHERE;
        });
        c.save();
        const result = leaking(c, ["run", "--bundle", c.bundle, ...flags, c.id]);
        t.not(result.code, 0, `cwd ${cwd}`);
        t.equal(result.stdout, "", `cwd ${cwd} runs nothing`);
        if (isRunt) t.match(result.stderr, /chdir to cwd|working directory/);
        t.equal(c.status(), "none");
        c.dispose();
      }
    }
    t.end();
  });

  t.test(`CVE-2024-21626: the same${how}, for exec`, (t) => {
    const c = container(t);
    c.startSleeping();
    for (const fd of LEAKED) {
      for (const cwd of namesOf(fd)) {
        const result = leaking(c, ["exec", ...flags, "--cwd", cwd, c.id, ...WHERE]);
        t.equal(result.code, 255, `cwd ${cwd}`);
        t.equal(result.stdout, "", `cwd ${cwd} runs nothing`);
      }
    }
    t.equal(c.status(), "running");
    t.end();
  });
}

t.test("CVE-2024-21626: a link of the image leads to the leaked descriptor, for create and for exec", (t) => {
  const c = container(t, (config) => (config.process.cwd = "/home/link"));
  for (const fd of LEAKED) symlinkSync(`/proc/self/fd/${fd}`, join(c.rootfs, `home/link${fd}`));
  for (const fd of LEAKED) {
    c.config.process.cwd = `/home/link${fd}`;
    c.save();
    t.not(leaking(c, ["create", "--bundle", c.bundle, c.id]).code, 0, `link to ${fd}`);
    t.equal(c.status(), "none");
  }
  c.config.process.cwd = "/";
  c.startSleeping();
  for (const fd of LEAKED) t.equal(leaking(c, ["exec", "--cwd", `/home/link${fd}`, c.id, ...WHERE]).code, 255, `link to ${fd}`);
  t.end();
});

t.test("CVE-2024-21626: a program by way of a leaked descriptor", (t) => {
  const c = container(t);
  for (const fd of [3, 7, 12, 20]) {
    c.config.process.args = [`/proc/self/fd/${fd}/bin/busybox`, "true"];
    c.save();
    t.not(leaking(c, ["run", "--bundle", c.bundle, c.id]).code, 0, `descriptor ${fd}`);
  }
  c.startSleeping();
  for (const fd of [3, 7, 12, 20])
    t.equal(leaking(c, ["exec", c.id, `/proc/self/fd/${fd}/bin/busybox`, "true"]).code, 255, `exec, descriptor ${fd}`);
  t.end();
});

t.test("whatever is accepted as working directory is inside, as the kernel sees it", (t) => {
  const c = container(t);
  mkdirSync(join(c.rootfs, "a/b"), { recursive: true });
  symlinkSync("../../..", join(c.rootfs, "a/up"));
  for (const [cwd, place] of [
    ["/", "/"],
    ["/a/b", "/a/b"],
    ["/a/../a/b/..", "/a"],
    ["/a/up", "/"],
    ["/new/made", "/new/made"],
    ["/proc/self/cwd", "/"],
    ["/proc/self/root", "/"],
  ] as const) {
    c.config.process.cwd = cwd;
    c.config.process.args = ["readlink", "/proc/self/cwd"];
    c.save();
    const result = leaking(c, ["run", "--bundle", c.bundle, c.id]);
    if (result.code === 0) t.equal(result.stdout, `${place}\n`, cwd);
    else t.equal(result.stdout, "", `${cwd} is refused`);
  }
  t.end();
});

t.test("only the descriptors that were asked for are in the process, and none in its memory of the host", (t) => {
  const c = container(t);
  c.config.process.args = ["sh", "-c", "for fd in /proc/self/fd/*; do echo ${fd##*/}; done"];
  c.save();
  const open = (flags: string[]): string[] =>
    must(leaking(c, ["run", "--bundle", c.bundle, ...flags, c.id]))
      .stdout.trim()
      .split("\n")
      .map(Number)
      .filter((fd) => fd > 2)
      .map(String);
  const own = open([]); // what the shell itself opens to list them
  t.ok(own.length <= 1, `the shell's own: ${own.join()}`);
  t.strictSame(
    open(["--preserve-fds", "4"]).filter((fd) => PRESERVED.includes(Number(fd))),
    PRESERVED.map(String),
  );
  t.notOk(open(["--preserve-fds", "4"]).some((fd) => Number(fd) > 10));
  t.end();
});

/** What makes a dynamically linked program load what it should not, or not run at all. */
const LOADER = {
  LD_PRELOAD: "/no/such/evil.so",
  LD_LIBRARY_PATH: "/no/such",
  LD_TRACE_LOADED_OBJECTS: "1",
  LD_AUDIT: "/no/such/a.so",
};

t.test("LD_* of the caller reach neither the container, nor an exec, nor a hook", (t) => {
  const c = container(t, (config) => (config.process.args = ["sh", "-c", "env > /tmp/env; sleep 100"]));
  const told = join(c.directory, "hook");
  c.config.hooks = { createRuntime: [{ path: "/bin/sh", args: ["sh", "-c", `env > ${told}; echo ran >> ${told}`] }] };
  const env = { PATH: process.env["PATH"], ...LOADER };
  must(c.create([], { env }));
  must(c.command(["start", c.id], { env }));
  t.match(readFileSync(told, "utf8"), /^ran$/m, "the dynamic loader of the hook was not told to do something else");
  t.notMatch(readFileSync(told, "utf8"), /^LD_/m);
  t.notMatch(must(c.exec(["env"], [], { env })).stdout, /^LD_/m);
  t.notMatch(must(c.exec(["cat", "/tmp/env"])).stdout, /^LD_/m);
  t.end();
});

t.test("LD_* of the image are the container's process's alone", (t) => {
  const c = container(t, (config) => {
    config.process.env.push(...Object.entries(LOADER).map(([name, value]) => `${name}=${value}`));
    config.process.args = ["sh", "-c", "env > /tmp/env; sleep 100"];
  });
  const told = join(c.directory, "hook");
  const hook = { path: "/bin/sh", args: ["sh", "-c", `env >> ${told}; echo ran >> ${told}`] };
  c.config.hooks = { createRuntime: [hook], createContainer: [hook], poststart: [hook], poststop: [hook] };
  must(c.create());
  must(c.start());
  t.match(must(c.exec(["sh", "-c", "until [ -s /tmp/env ]; do sleep 0.05; done; cat /tmp/env"])).stdout, /^LD_PRELOAD=/m);
  must(c.delete("--force"));
  t.equal(readFileSync(told, "utf8").match(/^ran$/gm)?.length, 4);
  t.notMatch(readFileSync(told, "utf8"), /^LD_/m);
  t.end();
});

const keyctl = { skip: unless(process.arch === "x64", "the number of keyctl is that of x86-64") };

/** Asks for the serial number of the session keyring. */
const SESSION = ["agent", "syscall", "250", "0", "-3", "0"];

t.test("each container has a session keyring of its own, which its execs share", keyctl, (t) => {
  const [one, other] = [container(t), container(t)];
  const serials = [one, other].map((c) => {
    c.config.process.args = ["sh", "-c", `${SESSION.join(" ")} > /tmp/serial; sleep 100`];
    must(c.create());
    must(c.start());
    const init = must(c.exec(["sh", "-c", "until [ -s /tmp/serial ]; do sleep 0.05; done; cat /tmp/serial"])).stdout;
    t.match(init, /^result \d+/);
    if (isRunt) t.equal(must(c.exec(SESSION)).stdout, init, "exec");
    return init;
  });
  const host = must(run([agent, ...SESSION.slice(1)])).stdout;
  t.equal(new Set([...serials, host]).size, 3, "three keyrings");
  t.end();
});

t.test("the caller's directory is not the container's", (t) => {
  const c = container(t);
  c.config.process.args = ["sleep", "100"];
  c.save();
  must(run(c.argv("run", "--detach", "--bundle", c.bundle, c.id), { cwd: c.directory }));
  const { pid } = c.state();
  t.equal(readlinkSync(`/proc/${pid}/cwd`), readlinkSync(`/proc/${pid}/root`));
  t.end();
});
