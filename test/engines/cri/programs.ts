// SPDX-License-Identifier: Apache-2.0
/** Programs in the containers of a pod: exec, attach, logs. */
import assert from "node:assert/strict";
import { isAlive, processesWith } from "../../lib/kernel.ts";
import { eventually } from "../../lib/run.ts";
import type { Case } from "../lib/compare.ts";
import { TELLS_SIZE } from "../../lib/terminal.ts";
import type { Cri } from "./cri.ts";

const SLEEP = "exec sleep 1000";

/** Cases of programs in the containers of a pod. */
export const programs: readonly Case<Cri>[] = [
  {
    name: "exec sync: streams and the exit code",
    run: async (cri) => {
      const id = await cri.sh(await cri.pod(), SLEEP);
      assert.deepEqual(await cri.exec(id, ["sh", "-c", "echo out; echo err >&2; exit 3"]), {
        stdout: "out\n",
        stderr: "err\n",
        exit_code: 3,
      });
    },
  },
  {
    name: "exec sync: a megabyte of output",
    run: async (cri) => {
      const id = await cri.sh(await cri.pod(), SLEEP);
      const { stdout } = await cri.exec(id, ["sh", "-c", "head -c 1000000 /dev/zero | tr '\\0' x"]);
      assert.equal(stdout.length, 1_000_000);
    },
  },
  {
    name: "exec sync: what takes too long is killed",
    run: async (cri) => {
      const id = await cri.sh(await cri.pod(), SLEEP);
      const outcome = cri.exec(id, ["sleep", "4711"], 1).then(({ stderr, exit_code: code }) => `${stderr}: ${code}`, String);
      assert.match(await outcome, /timeout|deadline|command timed out: -1/i);
      assert.ok(await eventually(() => processesWith("sleep\x004711").length === 0));
      assert.equal((await cri.exec(id, ["echo", "on"])).stdout, "on\n");
    },
  },
  {
    name: "exec sync: a program that is missing is told",
    run: async (cri) => {
      const id = await cri.sh(await cri.pod(), SLEEP);
      await assert.rejects(cri.exec(id, ["nothing"]), /nothing[\\"]*: executable file not found in \$PATH/);
      await assert.rejects(cri.exec(id, ["/no/such"]), /no such file or directory/);
      assert.ok(isAlive(await cri.pid(id)));
    },
  },
  {
    name: "exec: streams over the network, without a terminal",
    run: async (cri) => {
      const id = await cri.sh(await cri.pod(), SLEEP);
      const cmd = ["sh", "-c", "read line; echo got $line; echo err >&2; exit 3"];
      const streams = await cri.streams("Exec", { container_id: id, cmd, stdin: true, stdout: true, stderr: true });
      streams.type("typed\n");
      await streams.end();
      assert.deepEqual([streams.output, streams.errors], ["got typed\n", "err\n"]);
      assert.match(streams.status, /"NonZeroExitCode".*"message":"3"/);
    },
  },
  {
    name: "exec: with a terminal, and its size",
    run: async (cri) => {
      const id = await cri.sh(await cri.pod(), SLEEP);
      const streams = await cri.streams("Exec", { container_id: id, cmd: ["sh"], tty: true, stdin: true, stdout: true });
      streams.resize(91, 33);
      await streams.see("# ");
      streams.type("tty; stty size; exit\n");
      await streams.see("33 91");
      await streams.end();
      assert.match(streams.output, /\/dev\/pts\/\d+\r/);
    },
  },
  {
    name: "attach: to a program that reads and writes",
    run: async (cri) => {
      const id = await cri.sh(await cri.pod(), "while read line; do echo heard $line; done", { stdin: true });
      for (const word of ["once", "again"]) {
        const streams = await cri.streams("Attach", { container_id: id, stdin: true, stdout: true, stderr: true });
        streams.type(`${word}\n`);
        await streams.see(`heard ${word}\n`);
        streams.close();
      }
      assert.equal((await cri.status(id)).state, "CONTAINER_RUNNING");
    },
  },
  {
    name: "attach: to a terminal",
    run: async (cri) => {
      const id = await cri.create(await cri.pod(), ["sh"], { stdin: true, tty: true });
      await cri.start(id);
      const streams = await cri.streams("Attach", { container_id: id, stdin: true, stdout: true, tty: true });
      streams.type("tty; exit 6\n");
      await streams.see("/dev/");
      assert.equal((await cri.ended(id)).exit_code, 6);
      streams.close();
    },
  },
  {
    name: "attach: to a terminal whose size changes",
    run: async (cri) => {
      const id = await cri.sh(await cri.pod(), TELLS_SIZE, { stdin: true, tty: true });
      const streams = await cri.streams("Attach", { container_id: id, stdin: true, stdout: true, tty: true });
      await streams.see("tick");
      streams.resize(91, 33);
      await streams.see("33 91\r\n");
      streams.resize(102, 44);
      await streams.see("44 102\r\n");
      streams.type("\u0003");
      assert.equal((await cri.ended(id)).exit_code, 4);
      streams.close();
    },
  },
  {
    name: "logs: both streams, line by line",
    run: async (cri) => {
      const pod = await cri.pod();
      await cri.ended(await cri.sh(pod, "echo out; sleep 0.1; echo err >&2"));
      assert.match(cri.log(pod), /^\S+ stdout F out\n\S+ stderr F err\n$/);
    },
  },
];
