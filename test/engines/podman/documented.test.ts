// SPDX-License-Identifier: Apache-2.0
// @lanes engines @timeout 240
/** What README.md and docs/engines.md say about Podman, done as it is written, as root and as a user. */
import { chownSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import t from "tap";
import type { Test } from "tap";
import { must } from "../../lib/container.ts";
import { findProgram } from "../../lib/lane.ts";
import { reference, skipWithout } from "../lib/compare.ts";
import { Installed, codeBlocks, oneLine } from "../lib/documented.ts";
import { IMAGE } from "../lib/image.ts";
import { PODMAN_NEEDS, Podman } from "../lib/podman.ts";

const PAGE = "docs/engines.md";
const FILE = "/etc/containers/containers.conf";
/** The image that the page speaks of, which is here without a registry. */
const DOCUMENTED_IMAGE = "docker.io/library/busybox:latest";

/** Where a file of the page is put: for root, or for the user. */
function write(podman: Podman, text: string): void {
  const file = podman.rootless ? join(podman.directory, ".config/containers/containers.conf") : FILE;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  if (podman.rootless) for (const path of [dirname(dirname(file)), dirname(file), file]) chownSync(path, podman.uid, podman.uid);
}

/** What a file says of the runtime must hold for every container, or for those that ask for it. */
function tryFile(t: Test, runt: Installed, podman: Podman, text: string): void {
  write(podman, text);
  const asking = text.includes("\nruntime = ") ? [] : ["--runtime", "runt"];
  runt.calls();
  podman.ok(...asking, ...podman.run(["--detach", "--name", "a", "--stop-timeout", "0"], "sleep", "1000"));
  t.equal(podman.inspect("a", "{{.OCIRuntime}}"), "runt");
  t.match(runt.calls().join("\n"), / create --bundle /, "by runt");
  t.equal(podman.command(["exec", "a", "sh", "-c", "exit 3"]).code, 3);
  podman.ok("rm", "--force", "--time", "0", "a");
  const missing = podman.command([...asking, ...podman.run(["--rm"], "no-such-program")]);
  t.match(missing.stderr, /^Error: [^\n]*"no-such-program": executable file not found in \$PATH[^\n]*\n$/, "in one line");
  t.equal(missing.code, 127);
  const without = ["run", "--rm", "--network", "none", "--cgroups", "disabled", IMAGE, "echo", "fine"];
  t.equal(podman.ok(...asking, ...without), "fine", "--cgroups disabled");
  if (asking.length > 0) {
    runt.calls();
    t.equal(podman.sh("echo fine"), "fine", "who does not ask");
    t.notMatch(runt.calls().join("\n"), / create --bundle /, "has another");
  }
}

function tryCommands(t: Test, runt: Installed, podman: Podman): void {
  podman.ok("tag", IMAGE, DOCUMENTED_IMAGE);
  const blocks = [...codeBlocks(PAGE, "## Podman", "sh"), ...codeBlocks("README.md", "## Plug it in", "sh")];
  for (const line of blocks.flatMap((block) => block.split("\n")).filter((line) => line.startsWith("podman "))) {
    runt.calls();
    const [, ...args] = line.split(" ");
    // The network is no business of the runtime's.
    t.equal(
      must(podman.command(args.flatMap((arg) => (arg === "run" ? [arg, "--network", "none"] : [arg])))).stdout,
      "hello\n",
      line,
    );
    t.match(runt.calls().join("\n"), / create --bundle /, "by runt");
  }
}

function open(rootless: boolean): Podman | string {
  try {
    return new Podman(reference, { rootless, system: true });
  } catch (error) {
    return `the machine: Podman does not work here: ${oneLine(String(error))}`;
  }
}

if (!skipWithout([...PODMAN_NEEDS, reference.path])) {
  const runt = new Installed();
  rmSync(FILE, { force: true });
  for (const rootless of [false, true]) {
    const missing = rootless && findProgram("newuidmap") === undefined ? "not installed: newuidmap" : undefined;
    const podman = missing ?? open(rootless);
    const who = rootless ? "a user's" : "root's";
    if (typeof podman === "string") {
      t.test(`${who} Podman`, { skip: podman }, () => undefined);
      continue;
    }
    t.teardown(() => podman.dispose());
    for (const text of codeBlocks(PAGE, "## Podman", "toml")) {
      t.test(`${who} containers.conf: ${oneLine(text)}`, (t) => {
        tryFile(t, runt, podman, text);
        t.end();
      });
    }
    t.test(`${who} commands`, (t) => {
      tryCommands(t, runt, podman);
      t.end();
    });
  }
}
