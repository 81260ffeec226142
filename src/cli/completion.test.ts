// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import { loadTables } from "../../tools/command-line/tables.ts";
import { completionScript, type Shell, shells } from "./completion.ts";

const { program } = await loadTables();

const directory = mkdtempSync(join(tmpdir(), "runt-completion-"));
t.teardown(() => rmSync(directory, { recursive: true }));

/** Runs a script under a shell; undefined where there is no such shell. */
function inShell(shell: Shell, args: readonly string[], script: string): string | undefined {
  const file = join(directory, "script");
  writeFileSync(file, script);
  const { error, status, stdout, stderr } = spawnSync(shell, [...args, file], { encoding: "utf8", timeout: 20_000 });
  if (error !== undefined) return undefined;
  return status === 0 ? stdout : `exit code ${status}: ${stderr}`;
}

for (const shell of shells) {
  const found = inShell(shell, ["-n"], completionScript(shell, program));
  t.test(
    `${shell} reads its completion script`,
    { skip: found === undefined ? `no ${shell} on this machine` : false },
    async (t) => {
      t.equal(found, "");
      const text = completionScript(shell, program);
      for (const { name, flags } of program.commands) {
        t.match(text, name, name);
        for (const flag of flags) t.match(text, flag.name, `${name} --${flag.name}`);
      }
    },
  );
}

const bashCases: readonly [string[], string[]][] = [
  [["st"], ["start", "state"]],
  [
    ["--log-format", ""],
    ["text", "json"],
  ],
  [["--log-format", "json", "del"], ["delete"]],
  [["kill", "--a"], ["--all"]],
  [["kill", "web", "K"], ["KILL"]],
  [["exec", "--ignore"], ["--ignore-paused"]],
  [["exec", "web", "ls", "--ig"], []],
  [["exec", "--env", "--ignore", "--ignore"], ["--ignore-paused"]],
  [["list", "--format", "=", "j"], ["json"]],
  [
    ["completion", ""],
    ["bash", "zsh", "fish"],
  ],
  [["help", "crea"], ["create"]],
  [["create", "--bundle", "/et"], ["/etc"]],
];

t.test(
  "bash completes words, flags and their values",
  { skip: inShell("bash", [], "") === undefined ? "no bash" : false },
  async (t) => {
    for (const [words, expected] of bashCases) {
      const quoted = ["runt", ...words].map((word) => `'${word}'`).join(" ");
      const script = `${completionScript("bash", program)}
COMP_WORDS=(${quoted}); COMP_CWORD=${words.length}; _runt; printf '%s\\n' "\${COMPREPLY[@]}"`;
      t.strictSame(
        inShell("bash", [], script)
          ?.split("\n")
          .filter((line) => line !== ""),
        expected,
        words.join(" "),
      );
    }
  },
);
