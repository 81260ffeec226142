// SPDX-License-Identifier: Apache-2.0
/** An image made without network: one layer with a static busybox, in the archive format that all engines load. */
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { must } from "../../lib/container.ts";
import { temporary } from "../../lib/lane.ts";
import { makeRootfs } from "../../lib/rootfs.ts";
import { run } from "../../lib/run.ts";

/** What the image is loaded as. */
export const IMAGE = "localhost/box:latest";

function pack(directory: string, archive: string): void {
  must(run(["tar", "--create", "--numeric-owner", "--owner=0", "--group=0", "--file", archive, "--directory", directory, "."]));
}

/**
 * Writes the image to a new directory below the test's own; returns the archive for `docker load`, `ctr image import`, `podman load`.
 * `cmd` is what it runs when nothing else is said.
 */
export function makeImage(name = IMAGE, cmd: readonly string[] = ["sh"]): string {
  const directory = mkdtempSync(join(temporary, "image-"));
  const root = join(directory, "rootfs");
  const layout = join(directory, "layout");
  mkdirSync(root);
  mkdirSync(join(layout, "layer"), { recursive: true });
  makeRootfs(root);
  pack(root, join(layout, "layer/layer.tar"));
  rmSync(root, { recursive: true });
  const digest = createHash("sha256");
  digest.update(readFileSync(join(layout, "layer/layer.tar")));
  const config = {
    architecture: process.arch === "x64" ? "amd64" : process.arch,
    os: "linux",
    created: "2024-01-01T00:00:00Z",
    config: { Env: ["PATH=/bin:/usr/bin"], Cmd: cmd },
    rootfs: { type: "layers", diff_ids: [`sha256:${digest.digest("hex")}`] },
    history: [{ created: "2024-01-01T00:00:00Z" }],
  };
  writeFileSync(join(layout, "config.json"), JSON.stringify(config));
  const manifest = [{ Config: "config.json", RepoTags: [name], Layers: ["layer/layer.tar"] }];
  writeFileSync(join(layout, "manifest.json"), JSON.stringify(manifest));
  const archive = join(directory, "image.tar");
  pack(layout, archive);
  rmSync(layout, { recursive: true });
  return archive;
}
