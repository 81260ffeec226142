// SPDX-License-Identifier: Apache-2.0
/** A program on a terminal, and somebody who types. */
import { spawn } from "node:child_process";

/** What is typed, and what must have been printed since the last time before it is. */
export interface Typing {
  readonly after: string;
  readonly type: string;
}

export interface Session {
  /** All that appeared on the terminal. */
  readonly output: string;
  /** Exit code; undefined when it was killed because it did not end. */
  readonly code: number | undefined;
}

const LIMIT_SECONDS = 20;

/** Runs `argv` on a terminal of its own (by script(1)) and types; its end is waited for, for twenty seconds. */
export function onTerminal(argv: readonly string[], typing: readonly Typing[], env = process.env): Promise<Session> {
  const words = argv.map((word) => `'${word.replaceAll("'", "'\\''")}'`);
  const child = spawn("script", ["--quiet", "--return", "--command", `exec ${words.join(" ")}`, "/dev/null"], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...env, SHELL: "/bin/sh" },
  });
  const left = [...typing];
  let output = "";
  let seen = 0;
  child.stdin.on("error", () => undefined); // it ended before it read all
  child.stdout.setEncoding("utf8");
  child.stdout.on("data", (text: string) => {
    output += text;
    for (let next = left[0]; next !== undefined && output.includes(next.after, seen); next = left[0]) {
      seen = output.indexOf(next.after, seen) + next.after.length;
      child.stdin.write(next.type);
      left.shift();
    }
  });
  return new Promise((resolve) => {
    const timer = setTimeout(() => child.kill("SIGKILL"), LIMIT_SECONDS * 1000);
    child.on("error", () => resolve({ output, code: undefined }));
    child.on("close", (code) => {
      clearTimeout(timer);
      resolve({ output, code: code ?? undefined });
    });
  });
}
