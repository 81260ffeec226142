// SPDX-License-Identifier: Apache-2.0
/** What documents tell to write into files and to type, for tests that do it as it is written. */
import { chmodSync, copyFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { must } from "../../lib/container.ts";
import { repository, runtime } from "../../lib/lane.ts";
import { run } from "../../lib/run.ts";

/** A heading of a document with all that is below it, headings of lower levels too. */
function section(document: string, heading: string): string {
  const lines = readFileSync(join(repository, document), "utf8").split("\n");
  const begin = lines.indexOf(heading);
  if (begin < 0) throw new Error(`${document} has no "${heading}"`);
  const level = heading.indexOf(" ");
  const end = lines.findIndex((line, index) => index > begin && /^#+ /.test(line) && line.indexOf(" ") <= level);
  return lines.slice(begin, end < 0 ? undefined : end).join("\n");
}

/** The code blocks of a language below a heading; throws when there are none. */
export function codeBlocks(document: string, heading: string, language: string): string[] {
  const blocks = [...section(document, heading).matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, "gms"))];
  if (blocks.length === 0) throw new Error(`${document}: "${heading}" has no block of ${language}`);
  return blocks.map((match) => match[1] ?? "");
}

/** The name of a subtest that tries a block: the block, in a line. */
export function oneLine(block: string): string {
  return block.replace(/\s+/g, " ").trim();
}

/** A runtime that is installed where `make install` puts it, in this file's own view, and keeps a list of its calls. */
export class Installed {
  readonly path = "/usr/local/sbin/runt";
  readonly #calls = "/run/runt.calls";

  constructor() {
    must(run(["mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", "/usr/local/sbin"]));
    copyFileSync(runtime, "/usr/local/sbin/.runt");
    writeFileSync(this.#calls, "", { mode: 0o666 });
    chmodSync(this.#calls, 0o666);
    writeFileSync(this.path, `#!/bin/sh\necho "$*" >>${this.#calls}\nexec /usr/local/sbin/.runt "$@"\n`, { mode: 0o755 });
  }

  /** The arguments of all calls since the last time that this was asked. */
  calls(): string[] {
    const lines = existsSync(this.#calls) ? readFileSync(this.#calls, "utf8").split("\n").filter(Boolean) : [];
    writeFileSync(this.#calls, "");
    return lines;
  }
}
