// SPDX-License-Identifier: Apache-2.0
// @lanes engines @timeout 300
/** What README.md and docs/engines.md say about Docker, done as it is written. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { must } from "../../lib/container.ts";
import { repository } from "../../lib/lane.ts";
import { run, waitUntil } from "../../lib/run.ts";
import { tested } from "../lib/compare.ts";
import { Docker, skipWithoutDocker } from "../lib/docker.ts";
import { Installed, codeBlocks, oneLine } from "../lib/documented.ts";
import { IMAGE } from "../lib/image.ts";

const FILE = "/etc/docker/daemon.json";

interface DaemonConfig {
  readonly runtimes: Readonly<Record<string, { readonly path: string }>>;
  readonly "default-runtime"?: string;
  readonly "userns-remap"?: string;
}

const documented = [...codeBlocks("README.md", "## Plug it in", "json"), ...codeBlocks("docs/engines.md", "## Docker", "json")];

if (!skipWithoutDocker()) {
  const runt = new Installed();
  mkdirSync("/etc/docker", { recursive: true });
  for (const text of documented) {
    t.test(`${FILE}: ${oneLine(text)}`, (t) => {
      const config: DaemonConfig = JSON.parse(text);
      writeFileSync(FILE, text);
      const docker = new Docker([]);
      t.teardown(() => docker.dispose());
      t.equal(docker.ok("info", "--format", "{{.DefaultRuntime}}"), config["default-runtime"] ?? "runc");
      for (const name of Object.keys(config.runtimes)) {
        runt.calls();
        t.equal(docker.sh("echo fine", "--runtime", name), "fine", `--runtime ${name}`);
        t.match(runt.calls().join("\n"), / create --bundle /, "by runt");
      }
      const id = docker.start("sleep 100");
      t.equal(docker.inspect(id, "{{.HostConfig.Runtime}}"), config["default-runtime"] ?? "runc");
      t.equal(docker.command(["exec", id, "sh", "-c", "exit 3"]).code, 3);
      t.end();
    });
  }

  t.test("a daemon that runs takes the file in when it is told to", (t) => {
    writeFileSync(FILE, "{}");
    const docker = new Docker([]);
    t.teardown(() => docker.dispose());
    t.equal(docker.command(["run", "--rm", "--runtime", "runt", IMAGE, "true"]).code, 125, "not yet");
    writeFileSync(FILE, documented[0] ?? "");
    docker.reload();
    t.ok(waitUntil(() => docker.ok("info", "--format", "{{.DefaultRuntime}}") === "runt"));
    t.equal(docker.sh("echo fine"), "fine");
    t.end();
  });

  t.test("docs/engines.md: the state of Docker's containers", (t) => {
    writeFileSync(FILE, documented[0] ?? "");
    const docker = new Docker([]);
    t.teardown(() => docker.dispose());
    const id = docker.start("sleep 100");
    const root = join(docker.execRoot, "runtime-runc/moby");
    t.match(readFileSync(join(repository, "docs/engines.md"), "utf8"), "runt --root /var/run/docker/runtime-runc/moby list");
    t.match(must(run([tested.path, "--root", root, "list", "--quiet"])).stdout, id);
    t.end();
  });
}
