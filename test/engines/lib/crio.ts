// SPDX-License-Identifier: Apache-2.0
/**
 * What CRI-O does with a runtime and with conmon, without CRI-O, which Debian does not have: the same arguments, pipes and environment.
 *
 * conmon starts a container, keeps its streams and tells of its end in a file; all else CRI-O asks of the runtime itself.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { Readable, Writable } from "node:stream";
import type { TestConfig } from "../../lib/config.ts";
import { Container } from "../../lib/container.ts";
import { isAlive } from "../../lib/kernel.ts";
import { findProgram, temporary } from "../../lib/lane.ts";
import { run, waitUntil } from "../../lib/run.ts";
import type { Result, RunOptions } from "../../lib/run.ts";
import type { Engine, Runtime } from "./compare.ts";

export const CRIO_NEEDS = ["conmon"];
const SECONDS = 20;

/** The line of the table. */
export function crioName(): string {
  return `conmon ${/\d+(\.\d+)+/.exec(run(["conmon", "--version"]).stdout)?.[0] ?? ""} as CRI-O drives it`;
}

/** What conmon says on its pipe: of a container its pid, or of a program in it the exit code; less than 0 with what the runtime said. */
interface Word {
  readonly pid?: number;
  readonly exit_code?: number;
  readonly message?: string;
}

/** A container as CRI-O keeps it. */
export interface Kept {
  readonly id: string;
  readonly bundle: string;
  readonly pid: number;
  readonly log: string;
}

/** The exit code of a program in a container, and what it wrote to each stream. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What is written in a log of conmon's to one of the streams. */
function streamOf(log: string, stream: "stdout" | "stderr"): string {
  const lines = [...log.matchAll(new RegExp(`^\\S+ ${stream} ([FP]) (.*)$`, "gm"))];
  return lines.map(([, kind, text]) => `${text ?? ""}${kind === "F" ? "\n" : ""}`).join("");
}

function firstLine(stream: Readable): Promise<string> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`conmon says nothing for ${SECONDS} s`)), SECONDS * 1000);
    let text = "";
    stream.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      if (text.includes("\n")) resolve(text.slice(0, text.indexOf("\n")));
    });
    stream.on("close", () => reject(new Error(`conmon ends with no word but "${text}"`)));
    stream.on("error", reject);
    void Promise.resolve().then(() => timer.unref());
  });
}

export class Crio implements Engine {
  /** Below it all that is kept. */
  readonly directory = mkdtempSync(join(temporary, "crio-"));
  /** CRI-O gives its runtimes this much of an environment. */
  readonly env = { XDG_RUNTIME_DIR: "/run/user/0", PATH: process.env["PATH"] ?? "", CRI_O_EXTERNAL: "1" };
  readonly #runtime: Runtime;
  readonly #root: string;
  readonly #bundles: Container[] = [];
  #execs = 0;

  /** `root` is the `runtime_root` of CRI-O's configuration. */
  constructor(runtime: Runtime, root = mkdtempSync("/run/crio-root-")) {
    this.#runtime = runtime;
    this.#root = root;
    for (const name of ["exits", "sockets"]) mkdirSync(join(this.directory, name));
  }

  /** A command of the runtime, as CRI-O calls it. */
  runtime(args: readonly string[], options: RunOptions = {}): Result {
    return run([this.#runtime.path, "--root", this.#root, ...args], { env: this.env, ...options });
  }

  /** Starts conmon with these arguments; its first word. */
  async #conmon(args: readonly string[]): Promise<Word> {
    const child = spawn(findProgram("conmon") ?? "conmon", args, {
      stdio: ["ignore", "ignore", "inherit", "pipe", "pipe"],
      env: { ...this.env, _OCI_SYNCPIPE: "3", _OCI_STARTPIPE: "4" },
    });
    const sync = child.stdio[3] as Readable;
    const start = child.stdio[4] as Writable;
    start.on("error", () => undefined); // it has ended, and has told why
    start.write("\0"); // it waits for this, so that it can be moved to a cgroup before
    try {
      const word: Word = JSON.parse(await firstLine(sync));
      return word;
    } finally {
      sync.destroy();
      start.destroy();
    }
  }

  #common(id: string, log: string): string[] {
    return [
      ...["-c", id, "-n", `k8s_${id}`, "-r", this.#runtime.path, "--runtime-arg", `--root=${this.#root}`],
      ...["-l", log, "--log-level", "info", "--socket-dir-path", join(this.directory, "sockets")],
    ];
  }

  /** Creates a container whose program is a shell script; rejects with what the runtime said. `flags` are conmon's. */
  async create(script: string, flags: readonly string[] = [], change?: (config: TestConfig) => void): Promise<Kept> {
    const made = new Container();
    this.#bundles.push(made);
    made.config.process.args = ["sh", "-c", script];
    if (flags.includes("-t")) made.config.process["terminal"] = true;
    change?.(made.config);
    made.save();
    const { id, bundle } = made;
    const log = join(made.directory, "log");
    const word = await this.#conmon([
      ...["-b", bundle, ...this.#common(id, log), "--exit-dir", join(this.directory, "exits")],
      ...["-P", join(made.directory, "conmon.pid"), "-p", join(bundle, "pidfile"), "--persist-dir", made.directory, "-u", id],
      ...flags,
    ]);
    if (word.pid === undefined || word.pid < 0) throw new Error(word.message ?? JSON.stringify(word));
    return { id, bundle, pid: word.pid, log };
  }

  /** Creates a container and starts it. */
  async start(script: string, flags: readonly string[] = [], change?: (config: TestConfig) => void): Promise<Kept> {
    const kept = await this.create(script, flags, change);
    const { code, stderr } = this.runtime(["start", kept.id]);
    if (code !== 0) throw new Error(stderr);
    return kept;
  }

  /** A program in a container, with conmon and to its end, as `ExecSync` has it. `limit`: seconds. */
  async exec(kept: Kept, args: readonly string[], limit = 0): Promise<Outcome & { message: string }> {
    const name = join(this.directory, `exec-${++this.#execs}`);
    writeFileSync(`${name}.json`, JSON.stringify({ args, cwd: "/", env: ["PATH=/bin"], user: { uid: 0, gid: 0 } }));
    const word = await this.#conmon([
      ...[...this.#common(kept.id, `${name}.log`), "-e", "-p", `${name}.pid`, "--exec-process-spec", `${name}.json`],
      ...(limit > 0 ? ["-T", String(limit)] : []),
    ]);
    const log = existsSync(`${name}.log`) ? readFileSync(`${name}.log`, "utf8") : "";
    const [stdout, stderr] = [streamOf(log, "stdout"), streamOf(log, "stderr")];
    return { code: word.exit_code ?? Number.NaN, stdout, stderr, message: word.message ?? "" };
  }

  /** What a container wrote. */
  output(kept: Kept, stream: "stdout" | "stderr" = "stdout"): string {
    return streamOf(readFileSync(kept.log, "utf8"), stream);
  }

  /** Waits until a container has written `text`; throws when it does not. */
  waitFor(kept: Kept, text: string): void {
    if (!waitUntil(() => this.output(kept).includes(text))) throw new Error(`"${text}" is not in the log`);
  }

  /** The size of a container's terminal, which conmon is told of by its control file. */
  resize(kept: Kept, rows: number, columns: number): void {
    writeFileSync(join(kept.bundle, "ctl"), `1 ${rows} ${columns}\n`);
  }

  /** The exit code that conmon leaves in a file when a container has ended. */
  ended(kept: Kept): number {
    const file = join(this.directory, "exits", kept.id);
    if (!waitUntil(() => existsSync(file))) throw new Error(`${basename(file)} does not end`);
    return Number(readFileSync(file, "utf8"));
  }

  status(kept: Kept): string {
    const { code, stdout } = this.runtime(["state", kept.id]);
    const state: { status: string } = code === 0 ? JSON.parse(stdout) : { status: "none" };
    return state.status;
  }

  reset(): void {
    for (const bundle of this.#bundles.splice(0)) {
      this.runtime(["delete", "--force", bundle.id]);
      const file = join(bundle.directory, "conmon.pid");
      const conmon = existsSync(file) ? Number(readFileSync(file, "utf8")) : 0;
      if (conmon > 0 && !waitUntil(() => !isAlive(conmon))) process.kill(conmon, "SIGKILL");
      bundle.dispose();
    }
  }

  dispose(): void {
    this.reset();
    for (const directory of [this.directory, this.#root]) rmSync(directory, { recursive: true, force: true });
  }
}
