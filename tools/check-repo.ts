// SPDX-License-Identifier: Apache-2.0
/** Checks the rules of the repository that no other tool knows. Prints each breach as `file: what`, exits 1 when there is one. */
import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { CHECKS, checkSubject } from "./check-repo/checks.ts";
import type { Context, TrackedFile } from "./check-repo/checks.ts";
import { checkDocuments } from "./check-repo/documents.ts";

function output(command: string, ...args: string[]): string {
  try {
    return execFileSync(command, args, {
      encoding: "utf8",
      timeout: 20_000,
      stdio: ["ignore", "pipe", "ignore"],
      maxBuffer: 64 << 20,
    });
  } catch {
    return ""; // the tool is not here: what it would have told is not checked
  }
}

/** Host names of the package sources that this machine is set up with; none of them belongs in the tree. */
function packageHosts(): string[] {
  const texts = [output("npm", "config", "get", "registry")];
  for (const directory of ["/etc/apt", "/etc/apt/sources.list.d"]) {
    try {
      for (const name of readdirSync(directory)) {
        if (/\.(list|sources)$/.test(name)) texts.push(readFileSync(`${directory}/${name}`, "utf8"));
      }
    } catch {
      // not Debian
    }
  }
  const hosts = texts.flatMap((text) => [...text.matchAll(/https?:\/\/([^/:\s]+)/g)].map((match) => match[1] ?? ""));
  return [...new Set(hosts)].filter((host) => host.includes("."));
}

function trackedFiles(): TrackedFile[] {
  return output("git", "ls-files", "-z")
    .split("\0")
    .filter((path) => path !== "")
    .flatMap((path) => {
      try {
        const bytes = readFileSync(path);
        return bytes.includes(0) ? [] : [{ path, text: bytes.toString("utf8") }];
      } catch {
        return []; // deleted and not yet committed, or a link to nowhere
      }
    });
}

/** In CI the commit and the machine's package sources may be anybody's: what depends on them is for the developer. */
const inCi = process.env["CI"] !== undefined;
const context: Context = { packageHosts: inCi ? [] : packageHosts() };
const files = trackedFiles();
const breaches = files.flatMap((file) => CHECKS.flatMap((check) => check(file, context).map((what) => `${file.path}: ${what}`)));
breaches.push(...checkDocuments(files));
// A child goes on in the parent's heap, so there is one place to read for what that means.
const cloneCalls = files.flatMap((file) =>
  /^src\/(?!ffi).*(?<!\.test)\.ts$/.test(file.path) ? file.text.split("\n").filter((line) => /^[^*/]*\bclone3\(/.test(line)) : [],
);
if (cloneCalls.length > 1)
  breaches.push(`src: clone3 is called in ${cloneCalls.length} places, should be one: ${cloneCalls.join("; ")}`);
// The newest commit alone: an older one cannot be amended any more.
if (!inCi) breaches.push(...checkSubject(output("git", "log", "--format=%s", "-n", "1").trim()));

for (const breach of breaches) console.log(breach);
process.exitCode = breaches.length > 0 ? 1 : 0;
