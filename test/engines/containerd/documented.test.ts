// SPDX-License-Identifier: Apache-2.0
// @lanes engines @timeout 120
/** What README.md and docs/engines.md say about ctr, typed as it is written. */
import t from "tap";
import { must } from "../../lib/container.ts";
import { run } from "../../lib/run.ts";
import { reference, skipFile, skipWithout } from "../lib/compare.ts";
import { CONTAINERD_NEEDS, Containerd } from "../lib/containerd.ts";
import { Installed, codeBlocks, oneLine } from "../lib/documented.ts";
import { makeImage } from "../lib/image.ts";

/** The image that the page speaks of, which is here without a registry. */
const DOCUMENTED_IMAGE = "docker.io/library/busybox:latest";

function open(): Containerd | undefined {
  try {
    return Containerd.withImage(reference);
  } catch (error) {
    skipFile(`the machine: containerd does not work here: ${oneLine(String(error))}`);
    return undefined;
  }
}

const engine = skipWithout([...CONTAINERD_NEEDS, reference.path]) ? undefined : open();
if (engine !== undefined) {
  t.teardown(() => engine.dispose());
  const runt = new Installed();
  engine.ok("images", "import", makeImage(DOCUMENTED_IMAGE));
  const env = { ...process.env, CONTAINERD_ADDRESS: engine.socket, CONTAINERD_NAMESPACE: engine.namespace };
  const creates = (): string[] => runt.calls().filter((line) => line.includes(" create --bundle "));
  const type = (line: string): string => must(run(["sh", "-c", line], { env, timeout: 30 })).stdout;

  for (const block of [...codeBlocks("docs/engines.md", "### ctr", "sh"), ...codeBlocks("README.md", "## Plug it in", "sh")]) {
    t.test(oneLine(block), (t) => {
      for (const line of block.split("\n").filter((text) => text.startsWith("ctr "))) {
        const output = type(line);
        t.equal(output, line.endsWith("echo hello") ? "hello\n" : "", line);
        if (line.startsWith("ctr run")) t.equal(creates().length, 1, "by runt");
        if (line.startsWith("ctr tasks kill")) t.ok(engine.ended("web"));
      }
      t.strictSame(engine.containers(), [], "nothing is left");
      t.end();
    });
  }
}
