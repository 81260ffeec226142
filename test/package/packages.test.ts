// SPDX-License-Identifier: Apache-2.0
/** The Debian package and the tarball: made, installed, used, taken away. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { Container } from "../lib/container.ts";
import { findProgram, repository, temporary, unless } from "../lib/lane.ts";
import { run } from "../lib/run.ts";

function must(argv: readonly string[], cwd?: string): string {
  const { code, stdout, stderr } = run(argv, { timeout: 60, ...(cwd === undefined ? {} : { cwd }) });
  if (code !== 0) throw new Error(`${argv.join(" ")}: ${stderr}`);
  return stdout.trim();
}

function make(kind: "deb" | "tarball", name: string): string {
  return must(["tools/make-package.sh", kind, join(temporary, name)], repository);
}

/** Everything below a directory that is not a directory itself. */
function files(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Runs a container with an installed runt, which is to be what was built. */
function runsContainers(t: Test, program: string): void {
  t.ok(readFileSync(program).equals(readFileSync(join(repository, "build/runt"))), "it is the binary that was built");
  const c = new Container();
  t.teardown(() => c.dispose());
  c.config.process.args = ["sh", "-c", "exit 7"];
  c.save();
  const { code, stderr } = run([program, "--root", join(temporary, "state"), "run", "--bundle", c.bundle, c.id]);
  t.equal(code, 7, stderr);
}

const { version }: { version: string } = JSON.parse(readFileSync(join(repository, "package.json"), "utf8"));

/** The program says its version, and what README.md and the documents link to is beside them. */
function hasDocuments(t: Test, prefix: string): void {
  t.match(must([join(prefix, "sbin/runt"), "--version"]), `runt version ${version}\n`);
  const documents = join(prefix, "share/doc/runt");
  const links = readFileSync(join(documents, "README.md"), "utf8").matchAll(/\]\(([a-zA-Z/.-]+\.(?:md|svg))\)/g);
  const targets = [...links].map(([, target]) => target ?? "");
  t.ok(targets.length >= 4, "README.md has links");
  for (const target of targets) t.ok(existsSync(join(documents, target)), target);
}

/** Both programs that show man pages find nothing odd about these, and show them. */
function hasManPages(t: Test, prefix: string): void {
  const directory = join(prefix, "share/man");
  const pages = readdirSync(join(directory, "man8")).map((name) => join(directory, "man8", name));
  t.ok(pages.length > 20, "one for each command");
  t.test("man", { skip: unless(findProgram("man") !== undefined, "not installed: man") }, (t) => {
    const env = { ...process.env, MANPATH: directory, LC_ALL: "C.UTF-8" };
    for (const [name, text] of [
      ["runt", "Docker"],
      ["runt-exec", "--additional-gids"],
    ] as const) {
      const { code, stdout, stderr } = run(["man", "--warnings", name], { env });
      t.strictSame([code, stderr], [0, ""], name);
      t.match(stdout, text, name);
    }
    for (const page of pages) t.strictSame(run(["man", "--warnings", "--local-file", page], { env }).stderr, "", page);
    t.end();
  });
  t.test("mandoc", { skip: unless(findProgram("mandoc") !== undefined, "not installed: mandoc") }, (t) => {
    const each = 'for page; do gzip -dc "$page" | mandoc "$0" -W warning; done';
    t.equal(run(["sh", "-c", each, "-Tlint", ...pages]).stdout, "");
    t.match(must(["sh", "-c", each, "-Tutf8", ...pages]), "Docker");
    t.end();
  });
}

t.test("the Debian package is installed, runs a container, and is removed without a trace", (t) => {
  const deb = make("deb", "one");
  t.ok(readFileSync(deb).equals(readFileSync(make("deb", "two"))), "the same bytes again");
  t.match(must(["dpkg-deb", "--info", deb]), /Package: runt\n Version: \d/);
  const root = join(temporary, "root");
  for (const name of ["info", "updates", "triggers"]) mkdirSync(join(root, "var/lib/dpkg", name), { recursive: true });
  for (const name of ["status", "available"]) writeFileSync(join(root, "var/lib/dpkg", name), "");
  const dpkg = ["dpkg", `--root=${root}`, `--log=${join(temporary, "dpkg.log")}`];
  must([...dpkg, "--install", deb]);
  runsContainers(t, join(root, "usr/sbin/runt"));
  for (const path of [
    "usr/share/man/man8/runt.8.gz",
    "usr/share/bash-completion/completions/runt",
    "usr/share/zsh/vendor-completions/_runt",
    "usr/share/fish/vendor_completions.d/runt.fish",
    "usr/share/doc/runt/copyright",
  ]) {
    t.ok(existsSync(join(root, path)), path);
  }
  hasDocuments(t, join(root, "usr"));
  hasManPages(t, join(root, "usr"));
  must([...dpkg, "--purge", "runt"]);
  t.same(existsSync(join(root, "usr")) ? files(join(root, "usr")) : [], []);
  t.end();
});

t.test("the tarball is unpacked, and runs a container", (t) => {
  const tarball = make("tarball", "one");
  t.ok(readFileSync(tarball).equals(readFileSync(make("tarball", "two"))), "the same bytes again");
  const root = join(temporary, "unpacked");
  mkdirSync(root);
  must(["tar", "-xzf", tarball, "-C", root]);
  runsContainers(t, join(root, "usr/local/sbin/runt"));
  hasDocuments(t, join(root, "usr/local"));
  hasManPages(t, join(root, "usr/local"));
  t.end();
});
