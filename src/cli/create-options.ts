// SPDX-License-Identifier: Apache-2.0
import type { CreateOptions } from "../container/options.ts";
import type { FlagValues } from "./describe.ts";

/** The options that `create` and `run` share, from their flags. */
export function createOptions(flags: FlagValues): CreateOptions {
  return {
    bundle: flags.string("bundle") ?? ".",
    configFile: flags.string("config"),
    consoleSocket: given(flags, "console-socket"),
    pidFile: given(flags, "pid-file"),
    pidfdSocket: given(flags, "pidfd-socket"),
    noPivot: flags.boolean("no-pivot") ?? false,
    noNewKeyring: flags.boolean("no-new-keyring") ?? false,
    preserveFds: flags.count("preserve-fds"),
  };
}

/** A flag with an empty value counts as absent: engines pass such. */
export function given(flags: FlagValues, name: string): string | undefined {
  const value = flags.string(name);
  return value === "" ? undefined : value;
}
