// SPDX-License-Identifier: Apache-2.0
// @lanes host uml @timeout 150
/** Every call that update makes fails once: the limits are the old ones or the new ones, and what is kept of them says the same. */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { container, must, filesDirectory } from "../lib/container.ts";
import type { Container } from "../lib/container.ts";
import { badEnding, callsOf, EIO, ENOMEM, faultyRuntime, sample, walk } from "../lib/faults.ts";
import { cgroupDirectory } from "../lib/kernel.ts";
import { cgroupV2, controllers, isRunt, unless } from "../lib/lane.ts";

const here = controllers();
const skip = unless(
  isRunt && existsSync(faultyRuntime) && ["cpu", "memory", "pids"].every((name) => here.includes(name)),
  "build/runt-faults is not built, or a controller is missing",
);

const FILES = cgroupV2
  ? ["cpu.weight", "cpu.max", "memory.max", "memory.low", "pids.max"]
  : [
      "cpu/cpu.shares",
      "cpu/cpu.cfs_quota_us",
      "cpu/cpu.cfs_period_us",
      "memory/memory.limit_in_bytes",
      "memory/memory.soft_limit_in_bytes",
      "pids/pids.max",
    ];

const FLAGS: Readonly<Record<"old" | "new", readonly string[]>> = {
  old: "--cpu-share 512 --cpu-quota 50000 --cpu-period 100000 --memory 67108864 --memory-reservation 33554432 --pids-limit 50".split(
    " ",
  ),
  new: "--cpu-share 256 --cpu-quota 20000 --cpu-period 50000 --memory 50331648 --memory-reservation 16777216 --pids-limit 40".split(
    " ",
  ),
};

function limits(pid: number): string {
  return FILES.map((file) => {
    const [controller = "", name = ""] = cgroupV2 ? ["", file] : file.split("/");
    return `${name} ${readFileSync(join(cgroupDirectory(pid, controller) ?? "", name), "utf8").trim()}`;
  }).join("\n");
}

/** What update keeps for the next one. */
function kept(c: Container): string {
  const file = join(filesDirectory(c), "resources.json");
  return existsSync(file) ? readFileSync(file, "utf8") : "";
}

t.test("update: each call fails, or kills its process", { skip }, (t) => {
  const c = container(t, undefined, { runtime: faultyRuntime });
  const pid = c.startSleeping();
  const change = (which: "old" | "new", env = process.env): ReturnType<Container["command"]> =>
    c.command(["update", ...FLAGS[which], c.id], { env, timeout: 10 });
  const states = { old: { limits: "", kept: "" }, new: { limits: "", kept: "" } };
  const snapshot = (): { limits: string; kept: string } => ({ limits: limits(pid), kept: kept(c) });
  must(change("new"));
  states.new = snapshot();
  must(change("old"));
  states.old = snapshot();
  t.not(states.old.limits, states.new.limits);
  const calls = callsOf((env) => must(change("new", env)));
  must(change("old"));
  const renamed = calls.find(({ name }) => name === "renameat2")?.number ?? 0;
  t.ok(renamed > 0);
  const problems = walk({
    calls: sample(calls, cgroupV2 ? 8 : 24), // a guest is slow
    faults: [EIO, ENOMEM, "kill"],
    step: (env, fault, call) => {
      const result = change("new", env);
      const after = snapshot();
      // When the new limits are kept all is done, whatever fails then.
      const wanted = result.code === 0 || call.number > renamed ? states.new : states.old;
      const wrong = fault === "kill" ? [] : badEnding(result, fault);
      if (fault !== "kill" && after.limits !== wanted.limits)
        wrong.push(`code ${result.code ?? ""}, and the limits are ${after.limits}`);
      if (fault !== "kill" && after.kept !== wanted.kept) wrong.push(`code ${result.code ?? ""}, and kept is ${after.kept}`);
      const again = change("old");
      if (again.code !== 0) wrong.push(`and another update fails: ${again.stderr}`);
      if (limits(pid) !== states.old.limits || kept(c) !== states.old.kept)
        wrong.push("and another update does not set it right");
      return wrong;
    },
  });
  t.strictSame(problems, []);
  t.equal(c.status(), "running");
  t.strictSame(
    readdirSync(filesDirectory(c)).filter((name) => name !== "resources.json"),
    [],
    "nothing half written is left",
  );
  must(c.delete("--force"));
  t.end();
});
