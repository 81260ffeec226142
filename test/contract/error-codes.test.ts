// SPDX-License-Identifier: Apache-2.0
// @lanes host
/** Every code of docs/ERRORS.md, as a program reads it from the log after a real failure. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import type { Test } from "tap";
import { container, must, stateFile } from "../lib/container.ts";
import type { Container } from "../lib/container.ts";
import { repository, unless, isRunt } from "../lib/lane.ts";
import { waitUntil } from "../lib/run.ts";

const ours = { skip: unless(isRunt, "of runt") };

/** What runs the command that fails; its first argument goes between the global options and the command. */
type Provoke = (t: Test, c: Container, global: readonly string[]) => void;

const create: Provoke = (_t, c, global) => void c.command([...global, "create", "--bundle", c.bundle, c.id]);

function creating(change: (c: Container) => void): Provoke {
  return (t, c, global) => {
    change(c);
    c.save();
    create(t, c, global);
  };
}

function commandOn(prepare: (c: Container) => void, ...command: string[]): Provoke {
  return (_t, c, global) => {
    prepare(c);
    c.command([...global, ...command, c.id]);
  };
}

const nothing = (): void => {};
const sleeping = (c: Container): void => void c.startSleeping();
const ended = (c: Container): void => {
  must(c.create());
  must(c.start());
  waitUntil(() => c.status() === "stopped");
};

const provoked: Readonly<Record<string, Provoke>> = {
  "bundle-invalid": (_t, c, global) => void c.command([...global, "create", "--bundle", join(c.directory, "none"), c.id]),
  "config-invalid": (t, c, global) => {
    writeFileSync(join(c.bundle, "config.json"), '{"ociVersion":1}');
    create(t, c, global);
  },
  "config-refused": creating((c) => (c.config.linux.cgroupsPath = "a:b:c")),
  "container-exists": (t, c, global) => {
    must(c.create());
    create(t, c, global);
  },
  "container-not-found": commandOn(nothing, "state"),
  "container-not-running": commandOn(ended, "kill"),
  "container-not-created": commandOn(sleeping, "start"),
  "container-not-stopped": commandOn(sleeping, "delete"),
  "container-paused": (_t, c, global) => {
    c.startSleeping();
    must(c.command(["pause", c.id]));
    c.command([...global, "exec", c.id, "true"]);
    must(c.command(["resume", c.id]));
  },
  "container-not-paused": commandOn(sleeping, "resume"),
  "id-invalid": (_t, c, global) => void c.command([...global, "state", "a/b"]),
  "state-damaged": (_t, c, global) => {
    mkdirSync(c.stateRoot, { recursive: true });
    writeFileSync(stateFile(c), "record {\n");
    c.command([...global, "state", c.id]);
    rmSync(c.stateRoot, { recursive: true });
  },
  "cgroup-busy": (t, c, global) => {
    const other = container(t, (config) => (config.linux.cgroupsPath = c.cgroupsPath));
    other.startSleeping();
    c.save();
    create(t, c, global);
  },
  "init-failed": creating((c) => {
    c.config.mounts.push({ destination: "/etc/passwd/below", type: "tmpfs", source: "tmpfs" });
  }),
  "exec-failed": creating((c) => (c.config.process.args = ["nosuch"])),
  "hook-failed": creating((c) => (c.config.hooks = { createRuntime: [{ path: "/bin/false" }] })),
  "console-invalid": creating((c) => (c.config.process.terminal = true)),
  "arguments-invalid": (_t, c, global) => void c.command([...global, "state"]),
  "system-call-failed": (t, c, global) => {
    writeFileSync(c.stateRoot, "");
    c.save();
    create(t, c, global);
  },
  unsupported: (_t, c, global) => {
    c.startSleeping();
    c.command([...global, "update", "--l3-cache-schema", "L3:0=f", c.id]);
  },
};

/** Not to be had at will. */
const elsewhere: Readonly<Record<string, string>> = {
  "container-busy": "test/failure: another runt has to hang for ten seconds",
  "init-died": "test/failure: init is killed",
  "init-oom": "test/cgroup: the memory limit is too low",
  "process-stuck": "takes a process that the kernel does not let die",
  internal: "takes a defect",
  failed: "what has no name of its own",
};

t.test("the table is the one of docs/ERRORS.md", ours, (t) => {
  const documented = [...readFileSync(join(repository, "docs/ERRORS.md"), "utf8").matchAll(/^\| `([a-z-]+)`/gm)].map(
    ([, code]) => code,
  );
  t.strictSame([...Object.keys(provoked), ...Object.keys(elsewhere)].sort(), documented.sort());
  t.end();
});

for (const [code, provoke] of Object.entries(provoked)) {
  t.test(code, ours, (t) => {
    const c = container(t);
    const log = join(c.directory, "log");
    provoke(t, c, ["--log", log, "--log-format", "json"]);
    const entry = JSON.parse(readFileSync(log, "utf8"));
    t.equal(entry.code, code, entry.msg);
    t.end();
  });
}
