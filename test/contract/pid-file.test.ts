// SPDX-License-Identifier: Apache-2.0
// @lanes host v2
/** `--pid-file`: what is in it, when it is there, and what happens when it cannot be written. */
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import type { Test } from "tap";
import { container, must } from "../lib/container.ts";
import type { Container } from "../lib/container.ts";
import { cgroupDirectories } from "../lib/kernel.ts";
import { isRunt, unless } from "../lib/lane.ts";
import { run } from "../lib/run.ts";
import type { Result } from "../lib/run.ts";

const ours = { skip: unless(isRunt, "wording of runt") };

interface Place {
  readonly what: string;
  /** Makes it, and returns the path for --pid-file. */
  readonly make: (t: Test, directory: string) => string;
  readonly says: RegExp;
}

const places: readonly Place[] = [
  {
    what: "a directory that is not there",
    make: (_t, directory) => join(directory, "missing/pid"),
    says: /missing\/": no such file or directory.*\nhint: make its directory first/,
  },
  {
    what: "a file as its directory",
    make: (_t, directory) => (writeFileSync(join(directory, "file"), ""), join(directory, "file/pid")),
    says: /file\/": not a directory.*\nhint: make its directory first/,
  },
  {
    what: "a directory",
    make: (_t, directory) => (mkdirSync(join(directory, "d")), join(directory, "d")),
    says: /is a directory.*\nhint: name a file in it/,
  },
  {
    what: "a read-only file system",
    make: (t, directory) => {
      const path = join(directory, "ro");
      mkdirSync(path);
      must(run(["mount", "-t", "tmpfs", "-o", "ro", "tmpfs", path]));
      t.teardown(() => run(["umount", "-l", path]));
      return join(path, "pid");
    },
    says: /read-only file system.*\nhint: name a file where the caller may write/,
  },
  {
    what: "a full file system",
    make: (t, directory) => {
      const path = join(directory, "full");
      mkdirSync(path);
      must(run(["mount", "-t", "tmpfs", "-o", "size=4k,nr_inodes=10", "tmpfs", path]));
      t.teardown(() => run(["umount", "-l", path]));
      writeFileSync(join(path, "all"), Buffer.alloc(4096));
      return join(path, "pid");
    },
    says: /no space left on device/,
  },
];

/** All names below a directory; a mount in it too. */
const tree = (directory: string): string[] => readdirSync(directory, { recursive: true, encoding: "utf8" }).sort();

for (const { what, make, says } of places) {
  t.test(`${what}: create and run say so, and nothing is left`, ours, (t) => {
    const c = container(t, (config) => (config.process.args = ["sleep", "100"]));
    const directory = join(c.directory, "p");
    mkdirSync(directory);
    const file = make(t, directory);
    const before = tree(directory);
    for (const attempt of [(): Result => c.create(["--pid-file", file]), (): Result => c.run(["-d", "--pid-file", file])]) {
      const result = attempt();
      t.equal(result.code, 1);
      t.match(result.stderr, `write pid file "${file}": `);
      t.match(result.stderr, says);
      t.equal(c.status(), "none");
      t.notOk(existsSync(join(c.stateRoot, c.id)));
      t.strictSame(cgroupDirectories(c.cgroupsPath), []);
      t.strictSame(tree(directory), before, "no file half written");
    }
    t.end();
  });

  t.test(`${what}: exec says so, and no process is left`, ours, (t) => {
    const c = container(t);
    const pid = c.startSleeping();
    const directory = join(c.directory, "p");
    mkdirSync(directory);
    const file = make(t, directory);
    const before = tree(directory);
    const result = c.exec(["sleep", "4747"], ["--detach", "--pid-file", file]);
    t.equal(result.code, 255);
    t.match(result.stderr, `write pid file "${file}": `);
    t.match(result.stderr, says);
    t.strictSame(JSON.parse(must(c.command(["ps", "--format", "json", c.id])).stdout), [pid]);
    t.strictSame(tree(directory), before);
    t.equal(c.status(), "running");
    t.end();
  });
}

/** Runs a command of the container with a umask, in a directory. */
function under(umask: string, cwd: string, argv: readonly string[]): Result {
  return must(run(["sh", "-c", `umask ${umask}; exec "$@"`, "sh", ...argv], { cwd }));
}

t.test("a run that fails after the pid file was written takes it back", (t) => {
  const c = container(t);
  const file = join(c.directory, "pid");
  for (const kind of ["startContainer", "poststart"]) {
    c.config.hooks = { [kind]: [{ path: kind === "poststart" ? "/bin/false" : "/no/such/hook" }] };
    for (const flags of [["-d"], []]) {
      t.not(c.run([...flags, "--pid-file", file]).code, 0, kind);
      t.notOk(existsSync(file), `${kind} ${flags.join("")}`);
    }
  }
  t.end();
});

t.test("relative to the caller's directory, 0666 without the umask, in place of what was there", (t) => {
  const c: Container = container(t, (config) => (config.process.args = ["sleep", "100"]));
  c.save();
  writeFileSync(join(c.directory, "pid"), "12345678901234567890\n");
  under("027", c.directory, c.argv("create", "--bundle", "bundle", "--pid-file", "pid", c.id));
  const { pid } = c.state();
  t.equal(readFileSync(join(c.directory, "pid"), "utf8"), String(pid), "the pid without a newline, and nothing else");
  t.equal(statSync(join(c.directory, "pid")).mode & 0o7777, 0o640);
  must(c.start());
  under("077", c.directory, c.argv("exec", "-d", "--pid-file", "e", c.id, "sleep", "4848"));
  const other = readFileSync(join(c.directory, "e"), "utf8");
  t.match(readFileSync(`/proc/${other}/cmdline`, "utf8"), "4848");
  t.equal(statSync(join(c.directory, "e")).mode & 0o7777, 0o600);
  t.strictSame(
    readdirSync(c.directory).filter((name) => name.startsWith(".")),
    [],
  );
  t.end();
});

t.test("an exec in the foreground has one too, while it runs", async (t) => {
  const c = container(t);
  c.startSleeping();
  const file = join(c.directory, "pid");
  const exec = c.background(["exec", "--pid-file", file, c.id, "sh", "-c", "read line; exit 7"], { input: "\n" });
  t.teardown(() => exec.dispose());
  t.equal((await exec.end()).code, 7);
  t.match(readFileSync(file, "utf8"), /^\d+$/);
});

t.test("it is not there when a command has failed, whatever it failed of", (t) => {
  const c = container(t);
  c.startSleeping();
  const file = join(c.directory, "pid");
  for (const [flags, program] of [
    [[], "/nosuch"],
    [["--user", "x"], "true"],
    [["--cwd", "/etc/passwd"], "true"],
    [["--tty"], "true"],
    [["--cgroup", "nosuch:/"], "true"],
  ] as const) {
    t.equal(c.exec([program], ["--detach", "--pid-file", file, ...flags]).code, 255, flags.join(" "));
    t.notOk(existsSync(file));
  }
  t.end();
});
