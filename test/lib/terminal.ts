// SPDX-License-Identifier: Apache-2.0
/** A program on a terminal, and somebody who types. */
import { spawn, spawnSync } from "node:child_process";
import { readFileSync, readlinkSync } from "node:fs";

/** What is typed or done to the terminal, and what must have been printed since the last time before it is. */
export interface Typing {
  readonly after: string;
  readonly type?: string;
  /** The terminal's new size, as the window of an emulator would give it. */
  readonly resize?: { readonly rows: number; readonly columns: number };
}

/** A shell script that tells the size of its terminal whenever that changes, and ends with 4 when it is interrupted. */
export const TELLS_SIZE = "trap 'stty size' WINCH; trap 'exit 4' INT; while :; do echo tick; sleep 0.05; done";

/** Somebody who makes the window of that script larger, and again, and then interrupts it: some ticks on, when the client listens. */
export const RESIZING: readonly Typing[] = [
  ...Array.from({ length: 10 }, () => ({ after: "tick" })),
  { after: "tick", resize: { rows: 33, columns: 91 } },
  { after: "33 91", resize: { rows: 44, columns: 102 } },
  { after: "44 102", type: "\u0003" },
];

export interface Session {
  /** All that appeared on the terminal. */
  readonly output: string;
  /** Exit code; undefined when it was killed because it did not end. */
  readonly code: number | undefined;
}

const LIMIT_SECONDS = 20;

/** Sets the size of the terminal on which script(1) runs its program; the kernel tells the program by a signal. */
function resize(script: number, size: NonNullable<Typing["resize"]>): void {
  const [program = ""] = readFileSync(`/proc/${script}/task/${script}/children`, "utf8").split(" ");
  const terminal = readlinkSync(`/proc/${program}/fd/0`);
  spawnSync("stty", ["-F", terminal, "rows", String(size.rows), "columns", String(size.columns)]);
}

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
      if (next.resize !== undefined) resize(child.pid ?? -1, next.resize);
      if (next.type !== undefined) child.stdin.write(next.type);
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
