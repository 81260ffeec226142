// SPDX-License-Identifier: Apache-2.0
import type { CreateOptions } from "../container/options.ts";
import type { FlagValues } from "./describe.ts";

/** The options that `create` and `run` share, from their flags. */
export function createOptions(flags: FlagValues): CreateOptions {
  return {
    bundle: flags.string("bundle") ?? ".",
    configFile: flags.string("config"),
    consoleSocket: flags.string("console-socket"),
    pidFile: flags.string("pid-file"),
    pidfdSocket: flags.string("pidfd-socket"),
    noPivot: flags.boolean("no-pivot") ?? false,
    noNewKeyring: flags.boolean("no-new-keyring") ?? false,
    preserveFds: flags.count("preserve-fds"),
  };
}
