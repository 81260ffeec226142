// SPDX-License-Identifier: Apache-2.0
// @lanes host @timeout 150
/**
 * Every call that checkpoint and restore make fails once. The criu is one that does what can be done without the kernel's help:
 * it writes an image, and brings a process that sleeps to the container's cgroup.
 */
import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import type { Test } from "tap";
import { container, must } from "../lib/container.ts";
import type { Container } from "../lib/container.ts";
import { badEnding, callsOf, EIO, faultyRuntime, leftovers, sample, walk } from "../lib/faults.ts";
import type { Call } from "../lib/faults.ts";
import { cgroupDirectories, isAlive, processesWith } from "../lib/kernel.ts";
import { isRunt, unless } from "../lib/lane.ts";
import { waitUntil } from "../lib/run.ts";
import type { Result } from "../lib/run.ts";

const skip = unless(isRunt && existsSync(faultyRuntime), "build/runt-faults is not built");

/** `dump` only writes a file. `restore` starts a process, tells its pid, and goes. */
const CRIU = `#!/bin/sh
while [ $# -gt 0 ]; do
  case $1 in
    dump | restore) action=$1 ;;
    --images-dir | -D) images=$2 ;;
    --pidfile) pidfile=$2 ;;
  esac
  shift
done
[ "$action" = dump ] && exec touch "$images/image"
setsid sleep 7474 </dev/null >/dev/null 2>&1 &
echo $! > "$pidfile"
`;

function withCriu(t: Test): { c: Container; path: string; images: string } {
  const c = container(t, (config) => (config.process.args = ["sleep", "7474"]), { runtime: faultyRuntime });
  const directory = join(c.directory, "fake");
  mkdirSync(directory);
  writeFileSync(join(directory, "criu"), CRIU);
  chmodSync(join(directory, "criu"), 0o755);
  return { c, path: `${directory}:${process.env["PATH"] ?? ""}`, images: join(c.directory, "images") };
}

/** The child that becomes criu has the parent's role, and so a fault may hit a call of both: it may be the one for the message. */
function withoutMessage(calls: readonly Call[], call: Call, problems: readonly string[]): string[] {
  const twice =
    call.name === "execve" || calls.filter(({ role, number }) => role === call.role && number === call.number).length > 1;
  return problems.filter((what) => !(twice && what.startsWith("no message")));
}

/** What `delete --force` with a runtime that works leaves, in words. */
function whatIsLeft(c: Container): string[] {
  const deleted = c.delete("--force");
  if (deleted.code !== 0) return [`delete --force fails: ${deleted.stderr}`];
  waitUntil(() => processesWith(c.id).length === 0 && processesWith("7474").length === 0, 3);
  return leftovers(c, cgroupDirectories(c.cgroupsPath), [...processesWith(c.id), ...processesWith("7474")]);
}

t.test("checkpoint: each call fails, or kills its process; a container that was not saved goes on", { skip }, (t) => {
  const { c, path, images } = withCriu(t);
  const pid = c.startSleeping(7474);
  const checkpoint = (env: NodeJS.ProcessEnv = process.env): Result =>
    c.command(["checkpoint", "--leave-running", "--image-path", images, c.id], { env: { ...env, PATH: path }, timeout: 10 });
  const calls = callsOf((env) => must(checkpoint(env)));
  const problems = walk({
    calls: sample(calls, 4),
    faults: [EIO, "kill"],
    step: (env, fault, call) => {
      const wrong = withoutMessage(calls, call, badEnding(checkpoint(env), fault));
      if (c.status() !== "running" || !isAlive(pid)) wrong.push(`it is ${c.status()}`);
      return wrong;
    },
  });
  t.strictSame(problems, []);
  t.strictSame(whatIsLeft(c), []);
  t.end();
});

t.test("restore: each call fails, or kills its process; nothing is left of what did not come back", { skip }, (t) => {
  const { c, path, images } = withCriu(t);
  c.startSleeping(7474);
  must(c.command(["checkpoint", "--image-path", images, c.id], { env: { ...process.env, PATH: path } }));
  t.strictSame(whatIsLeft(c), []);
  const restore = (env: NodeJS.ProcessEnv = process.env): Result =>
    c.command(["restore", "--detach", "--bundle", c.bundle, "--image-path", images, c.id], {
      env: { ...env, PATH: path },
      timeout: 10,
    });
  const calls = callsOf((env) => must(restore(env)));
  t.equal(c.status(), "running");
  t.strictSame(whatIsLeft(c), []);
  const problems = walk({
    calls: sample(calls, 4),
    faults: [EIO, "kill"],
    step: (env, fault, call) => {
      const result = restore(env);
      const wrong = withoutMessage(calls, call, badEnding(result, fault));
      // In the same way a call of the clean-up may fail, and then the state stays.
      if (result.code === 1 && !/none|stopped/.test(c.status())) wrong.push(`code 1, and it is ${c.status()}`);
      return [...wrong, ...whatIsLeft(c).map((left) => `leaves ${left}`)];
    },
  });
  t.strictSame(problems, []);
  t.end();
});
