// SPDX-License-Identifier: Apache-2.0
// @lanes host v2
/** The words that engines look for in what a runtime says, each provoked; and that nothing else says them by accident. */
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import type { Test } from "tap";
import { container, must } from "../lib/container.ts";
import type { Container } from "../lib/container.ts";
import { isRunt, unless } from "../lib/lane.ts";
import { waitUntil } from "../lib/run.ts";
import type { Result } from "../lib/run.ts";

function stopped(t: Test): Container {
  const c = container(t);
  must(c.create());
  must(c.start());
  t.ok(waitUntil(() => c.status() === "stopped"));
  return c;
}

function sleeping(t: Test): Container {
  const c = container(t);
  c.startSleeping();
  return c;
}

function created(t: Test, args: readonly string[], change?: (c: Container) => void): Result {
  const c = container(t, (config) => (config.process.args = [...args]));
  change?.(c);
  return c.create();
}

function paused(t: Test): Container {
  const c = sleeping(t);
  must(c.command(["pause", c.id]));
  return c;
}

interface Case {
  readonly what: string;
  readonly does: (t: Test) => Result;
  readonly text: string | RegExp;
  readonly code?: number;
}

const noFile = "no such file or directory";
const cases: readonly Case[] = [
  // containerd, on kill and delete; CRI-O, on everything
  ...["state", "start", "kill", "delete", "pause", "resume", "ps", "events", "update"].map((command) => ({
    what: `${command} of a container that is not there`,
    does: (t: Test): Result => {
      const c = container(t);
      return c.command([command, c.id]);
    },
    text: "container does not exist",
  })),
  {
    what: "exec in one that is not there",
    does: (t) => container(t).exec(["true"]),
    text: "container does not exist",
    code: 255,
  },
  { what: "kill of a stopped one", does: (t) => stopped(t).kill("TERM"), text: "container not running" },
  { what: "kill -9 of a stopped one", does: (t) => stopped(t).kill("9"), text: "container not running" },
  ...["pause", "update", "events"].map((command) => ({
    what: `${command} of a stopped one`,
    does: (t: Test): Result => {
      const c = stopped(t);
      return c.command([command, c.id]);
    },
    text: command === "events" ? /container (with id \S+ is )?not running/ : "container not running",
  })),
  // runc's own
  {
    what: "a second create",
    does: (t) => {
      const c = container(t);
      must(c.create());
      return c.create();
    },
    text: "container with given ID already exists",
  },
  { what: "an empty id", does: (t) => container(t).command(["state", ""]), text: "container id cannot be empty" },
  { what: "an id with a slash", does: (t) => container(t).command(["state", "a/b"]), text: "invalid container ID format" },
  { what: "pause of a paused one", does: (t) => ((c) => c.command(["pause", c.id]))(paused(t)), text: "container not running" },
  {
    what: "resume of a running one",
    does: (t) => ((c) => c.command(["resume", c.id]))(sleeping(t)),
    text: "container not paused",
  },
  {
    what: "exec in a paused one",
    does: (t) => paused(t).exec(["true"]),
    text: "cannot exec in a paused container (use --ignore-paused to override)",
    code: 255,
  },
  {
    what: "exec in a stopped one",
    does: (t) => stopped(t).exec(["true"]),
    text: "cannot exec in a stopped container",
    code: 255,
  },
  { what: "start of a stopped one", does: (t) => stopped(t).start(), text: "cannot start a container that has stopped" },
  { what: "start of a running one", does: (t) => sleeping(t).start(), text: "cannot start an already running container" },
  {
    what: "delete of a running one",
    does: (t) => sleeping(t).delete(),
    text: /cannot delete container \S+ that is not stopped: running/,
  },
  { what: "delete of a paused one", does: (t) => paused(t).delete(), text: "that is not stopped: paused" },
  { what: "start of nothing", does: (t) => container(t).start(), text: "container does not exist" },
  // Docker and Podman: 127
  {
    what: "create of a program that PATH does not have",
    does: (t) => created(t, ["nosuch"]),
    text: /unable to start container process: exec: \\?"nosuch\\?": executable file not found in \$PATH/,
  },
  { what: "create of a file that is not there", does: (t) => created(t, ["/bin/nosuch"]), text: noFile },
  { what: "run of a script without its interpreter", does: (t) => scripted(t, "#!/nosuch\n"), text: noFile },
  { what: "create with a working directory below a file", does: (t) => inside(t, "/etc/passwd/x"), text: "not a directory" },
  { what: "create with a mount of nothing", does: mountOfNothing, text: noFile },
  {
    what: "exec of a program that PATH does not have",
    does: (t) => sleeping(t).exec(["nosuch"]),
    text: "executable file not found in $PATH",
    code: 255,
  },
  { what: "exec of a file that is not there", does: (t) => sleeping(t).exec(["/nosuch"]), text: noFile, code: 255 },
  {
    what: "create of a bundle that is not there",
    does: (t) => ((c) => c.command(["create", "--bundle", "/nosuch", c.id]))(container(t)),
    text: noFile,
  },
  // 126
  { what: "create of a file that is no program", does: (t) => created(t, ["/etc/passwd"]), text: "permission denied" },
  { what: "create of a directory", does: (t) => created(t, ["/etc"]), text: "permission denied" },
  { what: "exec of a directory", does: (t) => sleeping(t).exec(["/etc"]), text: "permission denied", code: 255 },
  {
    what: "exec of a file that is no program",
    does: (t) => sleeping(t).exec(["/etc/passwd"]),
    text: "permission denied",
    code: 255,
  },
];

function scripted(t: Test, text: string): Result {
  const c = container(t, (config) => (config.process.args = ["/script"]));
  writeFileSync(join(c.rootfs, "script"), text);
  chmodSync(join(c.rootfs, "script"), 0o755);
  return c.run();
}

function inside(t: Test, cwd: string): Result {
  return created(t, ["true"], (c) => (c.config.process.cwd = cwd));
}

function mountOfNothing(t: Test): Result {
  return created(t, ["true"], (c) =>
    c.config.mounts.push({ destination: "/data", type: "bind", source: join(c.directory, "nothing"), options: ["bind"] }),
  );
}

for (const { what, does, text, code = 1 } of cases) {
  t.test(what, (t) => {
    const result = does(t);
    t.equal(result.code, code);
    if (typeof text === "string") t.ok(result.stderr.includes(text), result.stderr);
    else t.match(result.stderr, text);
    t.equal(result.stdout, "");
    t.end();
  });
}

t.test("what begins a failure of create, run, start and exec", { skip: unless(isRunt, "of runt") }, (t) => {
  const c = container(t, (config) => (config.process.args = ["nosuch"]));
  t.match(c.create().stderr, /^runt create failed: unable to start container process: exec: "nosuch"/);
  t.match(c.run().stderr, /^runt run failed: unable to start container process: exec: "nosuch"/);
  t.match(c.start().stderr, /^runt start failed: container "/);
  const running = sleeping(t);
  t.match(running.exec(["nosuch"]).stderr, /^exec failed: unable to start container process: exec: "nosuch"/);
  t.end();
});

t.test("no hint says what an engine would take for an answer", { skip: unless(isRunt, "of runt") }, (t) => {
  const words =
    /does not exist|not running|already finished|no such process|invalid process|not found|no such file|permission denied|not permitted|is a directory|not a directory/i;
  for (const { what, does } of cases) {
    const hints = does(t)
      .stderr.split("\n")
      .filter((line) => line.startsWith("hint: "));
    for (const hint of hints) t.notMatch(hint, words, what);
  }
  t.end();
});

t.test("a program behind links and relative paths is found as the kernel finds it", (t) => {
  const c = container(t);
  mkdirSync(join(c.rootfs, "opt"));
  symlinkSync("../bin/busybox", join(c.rootfs, "opt/echo"));
  c.config.process.cwd = "/opt";
  c.config.process.args = ["./echo", "linked"];
  t.equal(must(c.run()).stdout, "linked\n");
  c.config.process.env = ["PATH=/nowhere:/opt"];
  c.config.process.args = ["echo", "searched"];
  t.equal(must(c.run()).stdout, "searched\n");
  t.end();
});
