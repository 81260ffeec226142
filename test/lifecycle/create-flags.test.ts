// SPDX-License-Identifier: Apache-2.0
// @lanes host v2
/** Flags of `create`, `run` and `spec` by what the kernel has afterwards: the root, the keyring, who adopts, whose config it is. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { setNamespace } from "../lib/config.ts";
import { container, must } from "../lib/container.ts";
import { parseMountInfo, processesWith, statusField } from "../lib/kernel.ts";
import { agent, findProgram, isRunt, runtime, unless } from "../lib/lane.ts";
import { asUser } from "../lib/rootless.ts";
import { Background, eventually, run } from "../lib/run.ts";

const ours = { skip: unless(isRunt, "of runt") };
const x86 = { skip: unless(process.arch === "x64", "the number of keyctl is that of x86-64") };

t.test("--no-pivot: another way to the same root, with nothing of the host's in it", (t) => {
  const look = "ls /; ls /..; cd /; ls ../../..; cat /proc/self/mountinfo | wc -l";
  const plain = must(container(t).sh(look)).stdout.split("\n");
  const c = container(t, (config) => (config.process.args = ["sh", "-c", look]));
  c.save();
  const moved = must(c.command(["run", "--no-pivot", "--bundle", c.bundle, c.id])).stdout.split("\n");
  t.strictSame(moved.slice(0, -2), plain.slice(0, -2), "the same names, from whatever is above as well");
  const d = container(t, (config) => (config.process.args = ["sleep", "100"]));
  must(d.create(["--no-pivot"]));
  must(d.start());
  const points = parseMountInfo(readFileSync(`/proc/${d.state().pid}/mountinfo`, "utf8")).map(({ point }) => point);
  t.ok(points.includes("/proc"));
  t.notOk(points.some((point) => point.includes(d.directory)));
  t.equal(must(d.exec(["ls", "/"])).stdout, must(d.exec(["ls", "/proc/1/root"])).stdout, "exec is there too");
  t.end();
});

t.test("--no-new-keyring keeps the session keyring of the caller; without it there is a new one", x86, (t) => {
  const KEYCTL_GET_KEYRING_ID = "0";
  const SESSION_KEYRING = "-3";
  const ask = ["syscall", "250", KEYCTL_GET_KEYRING_ID, SESSION_KEYRING, "0"];
  const callers = must(run([agent, ...ask])).stdout;
  if (callers.startsWith("errno")) {
    t.pass("this kernel has no keys");
    t.end();
    return;
  }
  const inside = (...flags: string[]): string => {
    const c = container(t, (config) => (config.process.args = ["agent", ...ask]));
    c.save();
    return must(c.command(["run", ...flags, "--bundle", c.bundle, c.id])).stdout;
  };
  t.match(inside(), /^result \d+\n$/);
  t.not(inside(), callers);
  t.equal(inside("--no-new-keyring"), callers);
  const c = container(t);
  c.startSleeping();
  t.not(c.exec(["agent", ...ask]).stdout, callers, "exec is in the container's");
  t.end();
});

t.test("run --no-subreaper leaves the adoption of orphans to others", ours, async (t) => {
  for (const [flags, adopter] of [
    [[], "run"],
    [["--no-subreaper"], "caller"],
  ] as const) {
    const c = container(t);
    setNamespace(c.config, "pid", null);
    const seconds = String(500000 + (process.pid % 90000) * 2 + flags.length);
    c.config.process.args = ["sh", "-c", `(sleep ${seconds} &); sleep 100`];
    c.save();
    const caller = new Background([agent, "subreaper", ...c.argv("run", ...flags, "--bundle", c.bundle, c.id)]);
    t.teardown(() => caller.dispose());
    const orphan = (): number | undefined => processesWith(`sleep\0${seconds}`).find((pid) => pid !== caller.pid);
    t.ok(await eventually(() => orphan() !== undefined));
    const parent = Number(statusField(orphan() ?? 0, "PPid"));
    const name = readFileSync(`/proc/${parent}/cmdline`, "utf8");
    t.equal(name.includes("subreaper") ? "caller" : "run", adopter);
    must(c.command(["delete", "--force", c.id]));
  }
});

t.test(
  "spec --rootless: a config that an ordinary user can run",
  { skip: unless(findProgram("setpriv") !== undefined, "no setpriv") },
  (t) => {
    const USER = 23456;
    const c = container(t);
    mkdirSync(c.stateRoot, { mode: 0o700 });
    must(run(["chown", "-Rh", `${USER}:${USER}`, c.directory]));
    must(asUser(USER, {}, [runtime, "spec", "--rootless", "--bundle", c.bundle]));
    const file = join(c.bundle, "config.json");
    const config = JSON.parse(readFileSync(file, "utf8"));
    t.strictSame(config.linux.uidMappings, [{ containerID: 0, hostID: USER, size: 1 }]);
    t.ok(config.linux.namespaces.some(({ type }: { type: string }) => type === "user"));
    config.process.terminal = false;
    config.process.args = ["id", "-u"];
    config.root.readonly = false;
    writeFileSync(file, JSON.stringify(config));
    t.equal(must(asUser(USER, { XDG_RUNTIME_DIR: c.directory }, c.argv("run", "--bundle", c.bundle, c.id))).stdout, "0\n");
    t.end();
  },
);

t.test("create --config: another file, in the place of config.json for good", ours, (t) => {
  const c = container(t, (config) => (config.process.args = ["sleep", "100"]));
  c.save();
  const other = join(c.directory, "other.json");
  c.config.process.env.push("FROM=other");
  writeFileSync(other, JSON.stringify(c.config));
  for (const flag of [["--config", other], ["-f", other], [`--config=${other}`]]) {
    must(c.command(["create", "--bundle", c.bundle, ...flag, c.id]));
    t.match(must(c.exec(["env"])).stdout, /^FROM=other$/m, flag.join(" "));
    must(c.delete("--force"));
  }
  t.match(c.command(["create", "--bundle", c.bundle, "--config", "/no/such.json", c.id]), { code: 1, stderr: /no\/such\.json/ });
  t.notOk(existsSync(join(c.stateRoot, c.id)));
  t.end();
});

t.test("run --keep: whether it ended well or not, in the foreground", (t) => {
  for (const [script, code] of [
    ["exit 0", 0],
    ["exit 4", 4],
    ["kill -9 $$", undefined],
  ] as const) {
    const c = container(t, (config) => (config.process.args = ["sh", "-c", script]));
    const result = c.run(["--keep"]);
    if (code !== undefined) t.equal(result.code, code);
    t.equal(c.status(), "stopped", script);
    t.equal(c.state().pid, 0);
    must(c.delete());
  }
  t.end();
});
