// SPDX-License-Identifier: Apache-2.0
// @lanes host v2
/** Signals by every name that there is, and to whom they go. The exit code of a foreground `run` tells which one the kernel delivered. */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import type { Test } from "tap";
import { setNamespace } from "../lib/config.ts";
import { container, must } from "../lib/container.ts";
import type { Container } from "../lib/container.ts";
import { isAlive } from "../lib/kernel.ts";
import { isRunt, unless } from "../lib/lane.ts";
import type { Background } from "../lib/run.ts";
import { eventually, waitUntil } from "../lib/run.ts";

const ours = { skip: unless(isRunt, "of runt") };

/** A container in the foreground whose process sleeps, as somebody whom signals can end: init of a pid namespace is spared. */
async function foreground(t: Test, c: Container): Promise<Background> {
  setNamespace(c.config, "pid", null);
  c.config.process.args = ["sleep", "100"];
  c.save();
  const running = c.background(["run", "--bundle", c.bundle, c.id]);
  t.teardown(() => running.dispose());
  t.ok(await eventually(() => c.status() === "running"));
  return running;
}

const spellings: readonly (readonly [string, number])[] = [
  ["1", 1],
  ["Hup", 1],
  ["SIGINT", 2],
  ["quit", 3],
  ["sigIOT", 6],
  ["USR1", 10],
  ["SIGUSR2", 12],
  ["sigpoll", 29],
  ["SYS", 31],
  ["SIGRTMIN", 34],
  ["34", 34],
  ["RTMIN+1", 35],
  ["sigrtmin+3", 37],
  ["RTMAX-2", 62],
  ["SIGRTMAX", 64],
  ["64", 64],
];

t.test("kill: numbers and names in any case, with or without SIG, real-time signals too", ours, async (t) => {
  for (const [text, number] of spellings) {
    const c = container(t);
    const running = await foreground(t, c);
    const killed = c.kill(text);
    t.strictSame([killed.code, killed.stdout, killed.stderr], [0, "", ""], text);
    t.equal((await running.end(5)).code, 128 + number, `${text} is ${number}`);
  }
});

t.test("kill: what is no signal is refused, and 0 is none", ours, async (t) => {
  const c = container(t);
  const pid = c.startSleeping();
  for (const text of ["65", "-1", "NOSUCH", "SIG", "RTMIN-1", "RTMIN+31", "RTMAX+1", "9x", "0x9", "1e1", " 9"])
    t.match(c.command(["kill", c.id, "--", text].filter((word) => word !== "--" || text.startsWith("-"))), { code: 1 }, text);
  t.equal(c.kill("0").code, 0);
  t.ok(isAlive(pid));
  t.end();
});

t.test("run in the foreground passes every signal on that a program may want", ours, async (t) => {
  for (const number of [1, 2, 3, 10, 12, 13, 14, 15, 29, 34, 35, 64]) {
    const c = container(t);
    const running = await foreground(t, c);
    process.kill(running.pid, number);
    t.equal((await running.end(5)).code, 128 + number, `signal ${number}`);
    t.equal(c.status(), "none", "and takes the container away");
  }
});

t.test("exec in the foreground passes them on to its own process alone", ours, async (t) => {
  const c = container(t, (config) => setNamespace(config, "pid", null));
  const pid = c.startSleeping();
  for (const number of [1, 15, 35]) {
    const file = join(c.directory, `pid-${number}`);
    const exec = c.background(["exec", "--pid-file", file, c.id, "sleep", "50"]);
    t.teardown(() => exec.dispose());
    t.ok(await eventually(() => existsSync(file)));
    process.kill(exec.pid, number);
    t.equal((await exec.end(5)).code, 128 + number, `signal ${number}`);
  }
  t.ok(isAlive(pid));
});

/** Two processes that leave a file each when USR1 comes. */
function pairOf(t: Test, shared: boolean): Container {
  const leave = (name: string): string => `trap 'echo > /got/${name}; exit' USR1; > /up/${name}; while :; do sleep 0.05; done`;
  const c = container(t, (config) => {
    if (shared) setNamespace(config, "pid", null);
    config.process.args = ["sh", "-c", `mkdir /up /got; (${leave("second")}) & ${leave("first").replace("; exit", "")}`];
  });
  must(c.create());
  must(c.start());
  t.ok(waitUntil(() => existsSync(join(c.rootfs, "up/second")) && existsSync(join(c.rootfs, "up/first"))));
  return c;
}

const got = (c: Container): string[] => readdirSync(join(c.rootfs, "got")).sort();

for (const shared of [false, true]) {
  const where = shared ? "in a pid namespace of the host" : "in a pid namespace of its own";
  t.test(`kill reaches the first process, kill --all all of them, ${where}`, ours, (t) => {
    const c = pairOf(t, shared);
    must(c.command(["kill", c.id, "USR1"]));
    t.ok(waitUntil(() => got(c).length > 0));
    t.strictSame(got(c), ["first"]);
    const d = pairOf(t, shared);
    must(d.command(["kill", "--all", d.id, "10"]));
    t.ok(waitUntil(() => got(d).length === 2));
    must(d.command(["kill", "-a", d.id, "KILL"]));
    t.ok(waitUntil(() => d.status() === "stopped"));
    t.end();
  });
}

for (const shared of [false, true]) {
  const where = shared ? "in a pid namespace of the host" : "in a pid namespace of its own";
  t.test(`without a cgroup kill and kill --all still end a container ${where}`, ours, (t) => {
    for (const command of [["kill"], ["kill", "--all"]]) {
      const c = container(t, undefined, { global: ["--cgroup-manager", "disabled"] });
      if (shared) setNamespace(c.config, "pid", null);
      const pid = c.startSleeping();
      must(c.command([...command, c.id, "9"]));
      t.ok(
        waitUntil(() => !isAlive(pid)),
        command.join(" "),
      );
      t.equal(c.status(), "stopped");
      must(c.delete());
    }
    t.end();
  });
}

t.test("without a cgroup the processes of a container are those of its pid namespace", ours, (t) => {
  const c = container(t, undefined, { global: ["--cgroup-manager", "disabled"] });
  const pid = c.startSleeping();
  const file = join(c.directory, "pid");
  must(c.exec(["sh", "-c", "trap 'echo > /got; exit' USR1; > /up; while :; do sleep 0.05; done"], ["-d", "--pid-file", file]));
  t.ok(waitUntil(() => existsSync(join(c.rootfs, "up"))));
  const other = Number(readFileSync(file, "utf8"));
  const pids: number[] = JSON.parse(must(c.command(["ps", "--format", "json", c.id])).stdout);
  t.ok(pids.includes(pid) && pids.includes(other));
  t.notOk(pids.includes(process.pid));
  must(c.command(["kill", "--all", c.id, "USR1"]));
  t.ok(waitUntil(() => existsSync(join(c.rootfs, "got"))));
  t.end();
});

t.test("kill --all of a stopped container is no error, kill is; of a missing one both are", (t) => {
  const c = container(t);
  must(c.create());
  must(c.start());
  t.ok(waitUntil(() => c.status() === "stopped"));
  t.equal(c.command(["kill", "--all", c.id, "9"]).code, 0);
  t.match(c.kill("9"), { code: 1, stderr: /container not running/ });
  t.match(c.command(["kill", "--all", "missing", "9"]), { code: 1, stderr: /does not exist/ });
  t.end();
});
