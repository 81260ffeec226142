// SPDX-License-Identifier: Apache-2.0
import { killContainer, parseSignal } from "../../container/kill.ts";
import type { CommandDescription } from "../describe.ts";
import { containerParameter } from "../flags.ts";
import { forNamed, regexFlag } from "./matching.ts";

/** What a shell offers; all others are taken too. */
const signals =
  "HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM CHLD CONT STOP TSTP TTIN TTOU URG WINCH".split(" ");

export const kill: CommandDescription = {
  name: "kill",
  summary: "send a signal to the process of a container",
  description: [
    "Sends a signal to the first process of a container: a number or a name, with or without `SIG`, in any case. When none " +
      "is given it is the one of the annotation `org.opencontainers.image.stopSignal`, or else `TERM`.",
    "`KILL` ends all processes of a container that shares its pid namespace, and thaws a paused one. With `--all` the " +
      "signal goes to every process, and a stopped container is no error.",
  ],
  parameters: [containerParameter, { name: "SIGNAL", optional: true, completes: signals }],
  stopEarly: true,
  flags: [{ name: "all", short: "a", type: "boolean", help: "to all processes of the container" }, regexFlag],
  examples: [
    { words: "kill web", what: "ask it to end" },
    { words: "kill --all web KILL", what: "end all its processes at once" },
  ],
  run: ({ context, flags, arguments: [id = "", signal = ""] }) => {
    const number = signal === "" ? undefined : parseSignal(signal);
    const options = { all: flags.boolean("all") ?? false };
    forNamed(context, flags, id, (each) => {
      killContainer(context, each, number, options);
    });
    return 0;
  },
};
