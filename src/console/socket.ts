// SPDX-License-Identifier: Apache-2.0
/** Handing a terminal to whoever called the runtime, through --console-socket. */
import { HintedError, within } from "../linux/errors.ts";
import type { Fd } from "../linux/fd.ts";
import { encodeUtf8 } from "../linux/host.ts";
import { connectUnix, sendMessage } from "../linux/socket.ts";
import type { Terminal } from "./terminal.ts";

/** In the runtime, early: connects while the path still means what the caller meant. */
export function connectConsoleSocket(path: string): Fd {
  try {
    return connectUnix(path);
  } catch (cause) {
    throw new HintedError("console socket", { cause, hint: "whoever gives --console-socket must listen there before" });
  }
}

/** Sends the master: exactly one message, with the terminal's name as its payload and one descriptor. The receiver owns a copy. */
export function sendTerminal(socket: Fd, { master, name }: Pick<Terminal, "master" | "name">): void {
  within("send the terminal to the console socket", () => {
    sendMessage(socket, encodeUtf8(name), [master]);
  });
}
