// SPDX-License-Identifier: Apache-2.0
// @lanes engines @timeout 400
/** A hundred containers under Docker at once, with the default network: created, entered, removed. */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { cgroupDirectories, parseMountInfo, processesWith } from "../../lib/kernel.ts";
import { runName } from "../../lib/lane.ts";
import { run, waitUntil } from "../../lib/run.ts";
import { tested } from "../lib/compare.ts";
import { Docker, skipWithoutDocker } from "../lib/docker.ts";
import { IMAGE } from "../lib/image.ts";

const COUNT = 100;
const WIDTH = 4;

/** Everything that a container of this daemon leaves on the machine while it is there. */
function traces(docker: Docker): Record<string, number> {
  const state = join(docker.execRoot, "runtime-runc/moby"); // named after the kind of shim, whatever the runtime
  const shims = processesWith("containerd-shim").length;
  const cgroups = cgroupDirectories(`/${runName}.docker`).map(
    (directory) => readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isDirectory()).length,
  );
  const mounts = parseMountInfo(readFileSync("/proc/self/mountinfo", "utf8")).filter(({ type }) => type === "overlay");
  return {
    "state directories": existsSync(state) ? readdirSync(state).length : 0,
    shims,
    cgroups: Math.max(0, ...cgroups),
    "overlay mounts": mounts.length,
    interfaces: run(["ip", "-o", "link", "show", "type", "veth"]).stdout.split("\n").filter(Boolean).length,
    sleepers: processesWith("sleep\u00004567").length,
  };
}

if (!skipWithoutDocker()) {
  t.test(`${COUNT} containers at once, ${WIDTH} clients`, async (t) => {
    const docker = Docker.withDefault(tested);
    t.teardown(() => docker.dispose());
    const before = traces(docker);
    const failures: string[] = [];
    const each = async (args: (name: string) => string[]): Promise<void> => {
      const names = Array.from({ length: COUNT }, (_, index) => `many-${index}`);
      const client = async (): Promise<void> => {
        for (let name = names.shift(); name !== undefined; name = names.shift()) {
          const child = docker.background(args(name));
          const { code, signal, stderr } = await child.end(60);
          if (code !== 0) failures.push(`${args(name).join(" ")}: ${code ?? signal ?? ""} ${stderr}`);
          child.dispose();
        }
      };
      await Promise.all(Array.from({ length: WIDTH }, client));
    };

    await each((name) => ["run", "--detach", "--name", name, IMAGE, "sleep", "4567"]);
    t.strictSame(failures.slice(0, 5), [], "run");
    const during = traces(docker);
    for (const what of Object.keys(before)) t.equal((during[what] ?? 0) - (before[what] ?? 0), COUNT, `${COUNT} ${what}`);
    await each((name) => ["exec", name, "sh", "-c", "exit 0"]);
    t.strictSame(failures.slice(0, 5), [], "exec");
    t.equal(docker.ok("ps", "--quiet").split("\n").length, COUNT, "all run");
    await each((name) => ["rm", "--force", name]);
    t.strictSame(failures.slice(0, 5), [], "rm");
    waitUntil(() => JSON.stringify(traces(docker)) === JSON.stringify(before));
    t.strictSame(traces(docker), before, "nothing is left");
  });
}
