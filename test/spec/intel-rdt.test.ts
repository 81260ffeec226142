// SPDX-License-Identifier: Apache-2.0
// @lanes host
/** config-linux.md, "IntelRdt", rule by rule, on a file system that behaves like resctrl; what the runtime does there is what it prints. */
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { must } from "../lib/container.ts";
import { events, resctrl, ROOT, skip, text, withRdt } from "../lib/resctrl.ts";
import { run } from "../lib/run.ts";

t.test("without intelRdt nothing is done in resctrl", { skip }, (t) => {
  const served = resctrl(t);
  const c = withRdt(t);
  must(c.create());
  must(c.start());
  must(c.delete("--force"));
  t.strictSame(events(served), []);
  t.end();
});

t.test("the process is in the group that closID names, and stays so when it runs", { skip }, (t) => {
  const served = resctrl(t, ["gold"]);
  const c = withRdt(t, { closID: "gold" });
  must(c.create());
  const { pid } = c.state();
  t.equal(text("gold", "tasks"), `${pid}\n`);
  must(c.start());
  t.equal(text("gold", "tasks"), `${pid}\n`);
  t.strictSame(events(served, ["gold"]), [`task /gold ${pid}`], "nothing else is written, no schemata");
  t.end();
});

t.test('closID "/" is the default group', { skip }, (t) => {
  const served = resctrl(t);
  const c = withRdt(t, { closID: "/" });
  must(c.create());
  t.strictSame(events(served), [`task / ${c.state().pid}`]);
  must(c.delete("--force"));
  t.ok(existsSync(join(ROOT, "schemata")));
  t.end();
});

t.test("without resctrl intelRdt is an error", { skip }, (t) => {
  t.notOk(existsSync(join(ROOT, "schemata")));
  const c = withRdt(t, { closID: "gold" });
  const result = c.create();
  t.equal(result.code, 1);
  t.match(result.stderr, /resctrl/);
  t.equal(c.status(), "none");
  t.end();
});

t.test("schemata are written in the order of the spec, before the process is in", { skip }, (t) => {
  const cases: readonly [object, string[]][] = [
    [{ l3CacheSchema: "L3:0=7f" }, ["L3:0=7f"]],
    [{ memBwSchema: "MB:0=20" }, ["MB:0=20"]],
    [{ memBwSchema: "MB:0=20", l3CacheSchema: "L3:0=7f" }, ["L3:0=7f", "MB:0=20"]],
    [{ schemata: ["MB:0=30", "L3:0=1"] }, ["MB:0=30", "L3:0=1"]],
    [{ schemata: ["L3:0=3"], memBwSchema: "MB:0=20", l3CacheSchema: "L3:0=7f" }, ["L3:0=7f", "MB:0=20", "L3:0=3"]],
  ];
  const served = resctrl(t);
  for (const [schemas, lines] of cases) {
    const before = events(served).length;
    const c = withRdt(t, { closID: "made", ...schemas });
    must(c.create());
    const made = events(served).slice(before);
    t.strictSame(made, ["mkdir /made", ...lines.map((line) => `schema /made ${line}`), `task /made ${c.state().pid}`]);
    must(c.delete("--force"));
    must(run(["rmdir", join(ROOT, "made")]));
  }
  t.end();
});

t.test("without closID the group is called as the container, and goes with it", { skip }, (t) => {
  const served = resctrl(t);
  const c = withRdt(t, { l3CacheSchema: "L3:0=f" });
  must(c.create());
  const { pid } = c.state();
  t.strictSame(events(served), [`mkdir /${c.id}`, `schema /${c.id} L3:0=f`, `task /${c.id} ${pid}`]);
  must(c.delete("--force"));
  t.equal(events(served).at(-1), `rmdir /${c.id}`);
  t.notOk(existsSync(join(ROOT, c.id)));

  const bare = withRdt(t, {});
  must(bare.create());
  t.strictSame(events(served).slice(4), [`mkdir /${bare.id}`, `task /${bare.id} ${bare.state().pid}`], "an empty intelRdt too");
  t.end();
});

t.test("a group of the container's name that was there before stays", { skip }, (t) => {
  const c = withRdt(t, {});
  const served = resctrl(t, [c.id]);
  must(c.create());
  t.strictSame(events(served, [c.id]), [`task /${c.id} ${c.state().pid}`]);
  must(c.delete("--force"));
  t.ok(existsSync(join(ROOT, c.id)));
  t.end();
});

t.test("a monitoring group of the container's name that was there before stays", { skip }, (t) => {
  const c = withRdt(t, { closID: "gold", enableMonitoring: true });
  const served = resctrl(t, ["gold", `gold/mon_groups/${c.id}`]);
  must(c.create());
  const { pid } = c.state();
  t.equal(text("gold", "mon_groups", c.id, "tasks"), `${pid}\n`);
  must(c.delete("--force"));
  t.ok(existsSync(join(ROOT, "gold/mon_groups", c.id)));
  t.notMatch(served.stdout, /rmdir/);
  t.end();
});

t.test("a group with a closID stays, whoever made it", { skip }, (t) => {
  const served = resctrl(t, ["there"]);
  for (const rdt of [{ closID: "there" }, { closID: "made", l3CacheSchema: "L3:0=f" }]) {
    const c = withRdt(t, rdt);
    must(c.create());
    must(c.delete("--force"));
    t.ok(existsSync(join(ROOT, rdt.closID)), rdt.closID);
  }
  t.notMatch(served.stdout, /rmdir/);
  t.end();
});

t.test("a closID that is there is compared with the schemata of the config", { skip }, (t) => {
  const served = resctrl(t, ["gold"]);
  writeFileSync(join(ROOT, "gold/schemata"), "L3:0=7f\n", { flag: "r+" });
  const before = events(served, ["gold"]).length;
  for (const rdt of [{ l3CacheSchema: "L3:0=7f" }, { memBwSchema: "MB:0=100", l3CacheSchema: "L3:0=7f" }]) {
    const same = withRdt(t, { closID: "gold", ...rdt });
    must(same.create());
    t.equal(text("gold", "tasks"), `${same.state().pid}\n`, "the same: the container is in");
    must(same.delete("--force"));
  }
  for (const rdt of [{ l3CacheSchema: "L3:0=f" }, { memBwSchema: "MB:0=20" }, { schemata: ["L3:0=1"] }]) {
    const other = withRdt(t, { closID: "gold", ...rdt });
    const result = other.create();
    t.equal(result.code, 1, JSON.stringify(rdt));
    t.match(result.stderr, /gold/);
    t.equal(other.status(), "none");
  }
  t.notOk(
    events(served, ["gold"])
      .slice(before)
      .some((line) => line.startsWith("schema")),
    "nothing is written",
  );
  t.match(text("gold", "schemata"), /L3:0=7f/);
  t.end();
});

t.test("a closID without schemata must be there", { skip }, (t) => {
  const served = resctrl(t);
  const c = withRdt(t, { closID: "nobody-made-it" });
  const result = c.create();
  t.equal(result.code, 1);
  t.match(result.stderr, /nobody-made-it/);
  t.equal(c.status(), "none");
  t.strictSame(events(served), [], "and is not made");
  t.end();
});

t.test("enableMonitoring: a monitoring group of the container's name, which goes with it", { skip }, (t) => {
  const served = resctrl(t, ["gold"]);
  const c = withRdt(t, { closID: "gold", enableMonitoring: true });
  must(c.create());
  const { pid } = c.state();
  t.strictSame(events(served, ["gold"]), [
    `mkdir /gold/mon_groups/${c.id}`,
    `task /gold ${pid}`,
    `task /gold/mon_groups/${c.id} ${pid}`,
  ]);
  must(c.delete("--force"));
  t.notOk(existsSync(join(ROOT, "gold/mon_groups", c.id)));
  t.ok(existsSync(join(ROOT, "gold")));

  const own = withRdt(t, { enableMonitoring: true });
  must(own.create());
  t.equal(text(own.id, "mon_groups", own.id, "tasks"), `${own.state().pid}\n`, "in the container's own group too");
  must(own.delete("--force"));
  t.notOk(existsSync(join(ROOT, own.id)));
  t.end();
});

t.test("enableMonitoring: no room for the group is an error", { skip }, (t) => {
  const served = resctrl(t, ["gold"], 1);
  const c = withRdt(t, { closID: "gold", enableMonitoring: true });
  const result = c.create();
  t.equal(result.code, 1);
  t.match(result.stderr, /monitoring group/);
  t.equal(c.status(), "none");
  t.equal(text("gold", "tasks"), "", served.stdout);
  t.end();
});

t.test("schemata that are no single line, or no bandwidth, are refused", { skip }, (t) => {
  const served = resctrl(t);
  for (const rdt of [
    { memBwSchema: "L3:0=f" },
    { memBwSchema: "MB:0=20\nL3:0=1" },
    { l3CacheSchema: "L3:0=f\nMB:0=1" },
    { schemata: ["L3:0=f\nMB:0=1"] },
  ]) {
    const c = withRdt(t, { closID: "made", ...rdt });
    t.equal(c.create().code, 1, JSON.stringify(rdt));
    t.equal(c.status(), "none");
  }
  t.strictSame(events(served), []);
  t.end();
});

t.test("update --l3-cache-schema and --mem-bw-schema, all or nothing with the other limits", { skip }, (t) => {
  const served = resctrl(t);
  const c = withRdt(t, { l3CacheSchema: "L3:0=7f", memBwSchema: "MB:0=100" });
  must(c.create());
  const schemata = (): string[] =>
    text(c.id, "schemata")
      .trim()
      .split(/\s*\n\s*/)
      .sort();
  const before = schemata();
  must(c.command(["update", "--l3-cache-schema", "L3:0=f", "--mem-bw-schema=MB:0=20", c.id]));
  t.strictSame(schemata(), ["L3:0=f", "MB:0=20"]);
  must(c.command(["update", "--l3-cache-schema", "L3:0=7f", c.id]));
  t.strictSame(schemata(), ["L3:0=7f", "MB:0=20"], "what is not named stays");
  must(c.command(["update", "--mem-bw-schema", "MB:0=100", c.id]));
  t.strictSame(schemata(), before);
  const told = events(served).length;
  t.match(c.command(["update", "--l3-cache-schema", "L3:0=f\nMB:0=1", c.id]), { code: 1, stderr: /l3CacheSchema/ });
  t.equal(events(served).length, told, "what cannot be is not tried");
  const result = c.command(["update", "--l3-cache-schema", "L3:0=1", "--cpuset-cpus", "4000", c.id]);
  t.match(result, { code: 1, stderr: /set cpu\.cpus/ });
  t.strictSame(schemata(), before, "what the kernel refuses of the cgroup takes the schemata back");
  t.end();
});

t.test("an l3CacheSchema that does not start with L3: is warned of", { skip }, (t) => {
  resctrl(t);
  const created = (l3CacheSchema: string): string => {
    const c = withRdt(t, { l3CacheSchema });
    c.save();
    return must(c.command(["--log-level", "warning", "create", "--bundle", c.bundle, c.id])).stderr;
  };
  t.match(created("MB:0=20"), /linux\.intelRdt\.l3CacheSchema.*should start with/);
  t.equal(created("L3:0=f"), "");
  t.end();
});
