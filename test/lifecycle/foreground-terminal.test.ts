// SPDX-License-Identifier: Apache-2.0
// @lanes host v2
/** A container in the foreground and the terminal of its caller: raw meanwhile, as before afterwards, and of one size. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import type { Test } from "tap";
import { container } from "../lib/container.ts";
import type { Container } from "../lib/container.ts";
import { findProgram, isRunt, unless } from "../lib/lane.ts";
import { run } from "../lib/run.ts";
import type { Result } from "../lib/run.ts";

const skip = { skip: unless(isRunt, "of runt") || unless(findProgram("script") !== undefined, "no script") };

/**
 * On a terminal of its own, in the directory of the container: runs it, keeps what stty(1) says before and after in files, and runs
 * `beside` when the container has made /up.
 */
function onTerminal(c: Container, beside = ":", command: readonly string[] = ["run", "--bundle", c.bundle, c.id]): Result {
  c.save();
  const call = c.argv(...command).join(" ");
  const script = [
    `cd ${c.directory}; stty rows 24 cols 80; stty -g >before`,
    `( until [ -e bundle/rootfs/up ]; do sleep 0.05; done; ${beside} ) </dev/tty & helper=$!`,
    `${call}; code=$?; stty -g >after; kill $helper 2>/dev/null; exit $code`,
  ];
  writeFileSync(join(c.directory, "script"), script.join("\n"));
  return run(["script", "--quiet", "--return", "--command", `sh ${c.directory}/script`, "/dev/null"], {
    env: { ...process.env, SHELL: "/bin/sh" },
    timeout: 15,
  });
}

const kept = (c: Container, name: string): string => readFileSync(join(c.directory, name), "utf8");

function withTerminal(t: Test, script: string): Container {
  return container(t, (config) => {
    config.process.terminal = true;
    config.process.args = ["sh", "-c", script];
  });
}

t.test("it is raw while the container runs, and as before when that has ended", skip, (t) => {
  const c = withTerminal(t, "> /up; until [ -e /seen ]; do sleep 0.05; done; tty; exit 6");
  const { code, stdout } = onTerminal(c, "stty -a >during; : >bundle/rootfs/seen");
  t.equal(code, 6);
  t.match(stdout, /\/dev\/(pts\/0|console)\r/);
  for (const off of [/-icanon/, /-echo\b/, /-isig/, /-ixon/, /-opost/]) t.match(kept(c, "during"), off);
  t.match(kept(c, "before"), /^[0-9a-f:]+\n$/);
  t.equal(kept(c, "after"), kept(c, "before"));
  t.end();
});

t.test("as before also after an exec, a failure, and a signal", skip, (t) => {
  const missing = withTerminal(t, "");
  missing.config.process.args = ["nosuch"];
  t.match(onTerminal(missing), { code: 1, stdout: /executable file not found in \$PATH/ });
  t.equal(kept(missing, "after"), kept(missing, "before"));

  const signalled = withTerminal(t, "trap 'exit 8' TERM; > /up; while :; do sleep 0.05; done");
  const pidFile = join(signalled.directory, "pid");
  const toRuntime = `kill -TERM $(sed -n 's/^PPid:.//p' /proc/$(cat ${pidFile})/status)`;
  const words = ["run", "--pid-file", pidFile, "--bundle", signalled.bundle, signalled.id];
  t.equal(onTerminal(signalled, toRuntime, words).code, 8, "which is passed on");
  t.equal(kept(signalled, "after"), kept(signalled, "before"));

  const c = container(t);
  c.startSleeping();
  t.equal(onTerminal(c, ":", ["exec", "--tty", c.id, "false"]).code, 1);
  t.equal(kept(c, "after"), kept(c, "before"));
  t.end();
});

t.test("a program that looks once finds the size of the caller's, in run and in exec", skip, (t) => {
  for (let times = 0; times < 5; times++) {
    const c = withTerminal(t, "stty size");
    c.config.process["consoleSize"] = { height: 5, width: 6 };
    t.match(onTerminal(c), { code: 0, stdout: /\b24 80\r/ }, "stronger than the config");
  }
  const c = container(t);
  c.startSleeping();
  for (let times = 0; times < 5; times++)
    t.match(onTerminal(c, ":", ["exec", "--tty", c.id, "stty", "size"]), { code: 0, stdout: /\b24 80\r/ });
  t.end();
});

t.test("the container's has its size, also when that changes", skip, (t) => {
  const c = withTerminal(
    t,
    'old=$(stty size); echo first $old; > /up; while [ "$(stty size)" = "$old" ]; do sleep 0.05; done; stty size',
  );
  const { code, stdout } = onTerminal(c, "stty rows 33 cols 111");
  t.equal(code, 0);
  t.match(stdout, /first 24 80\r/);
  t.match(stdout, /\b33 111\r/);
  t.ok(existsSync(join(c.rootfs, "up")));
  t.end();
});
