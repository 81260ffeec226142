// SPDX-License-Identifier: Apache-2.0
/** A bundle: the directory that holds config.json and, mostly, the root file system. bundle.md */
import { readLink } from "../linux/directory.ts";
import { HintedError, isErrno, within } from "../linux/errors.ts";
import { fdPath } from "../linux/fd.ts";
import type { Fd } from "../linux/fd.ts";
import { O_DIRECTORY, O_NOCTTY, O_PATH, O_RDONLY, openAt, openFile, readAll } from "../linux/file.ts";
import { fstat } from "../linux/stat.ts";
import { decodeUtf8, encodeUtf8 } from "../linux/text.ts";
import type { Config } from "../spec/types.ts";
import { parseConfig } from "../spec/validate.ts";

/** No engine writes a configuration of more than some hundred kilobytes; what is larger is another file. Bytes. */
export const MAX_CONFIG_SIZE = 16 * 1024 * 1024;

/** A bundle that cannot be read. The story is in the cause; this adds no clause to it. */
export class BundleError extends Error {
  constructor(cause: unknown) {
    super("", { cause });
    this.name = "BundleError";
  }
}

/** A bundle that was read. */
export interface Bundle {
  /** The bundle's directory, absolute, with symbolic links resolved. */
  readonly bundle: string;
  /** The text of the configuration. */
  readonly text: string;
  readonly config: Config;
}

/**
 * Reads the configuration of the bundle at `path`; `configFile` is another file for it, from the current directory.
 *
 * Throws BundleError for what cannot be read, SpecError for what is no valid configuration.
 */
export function readBundle(path: string, configFile?: string): Bundle {
  const { bundle, text } = readBundleText(path, configFile);
  return { bundle, text, config: parseConfig(text, configFile ?? "config.json") };
}

/**
 * The same without a look at what the text says: for whoever wants to know all that is wrong with it. Throws BundleError.
 */
export function readBundleText(path: string, configFile?: string): Omit<Bundle, "config"> {
  try {
    using directory = openBundle(path);
    const bundle = readLink(fdPath(directory));
    return { bundle, text: configFile === undefined ? readConfig("config.json", directory) : readConfig(configFile) };
  } catch (cause) {
    throw new BundleError(cause);
  }
}

/** Opens the directory. It is held, so that what is read belongs together even if the path comes to mean another bundle. */
function openBundle(path: string): Fd {
  return within(`bundle ${JSON.stringify(path)}`, () => openFile(path, O_PATH | O_DIRECTORY), {
    ENOENT: "give the directory that holds config.json with --bundle",
    ENOTDIR: "a bundle is a directory that holds config.json",
  });
}

function readConfig(name: string, directory?: Fd): string {
  try {
    const flags = O_RDONLY | O_NOCTTY;
    using file = directory ? openAt(directory, name, flags) : openFile(name, flags);
    return readConfigFile(file, name);
  } catch (cause) {
    if (!isErrno(cause, "ENOENT")) throw cause;
    throw new HintedError(`JSON specification file ${name} not found`, { cause, hint: 'create one with "runt spec"' });
  }
}

function readConfigFile(file: Fd, name: string): string {
  const { type, size } = fstat(file);
  if (type === "directory") throw new HintedError(`${name} is a directory, and must be a file`, {});
  if (size > MAX_CONFIG_SIZE) {
    const is = `${name} has ${size} bytes, and a configuration may have ${MAX_CONFIG_SIZE} (16 MiB)`;
    throw new HintedError(is, { hint: "check that it is the file that you mean" });
  }
  return decode(
    within(`read ${name}`, () => readAll(file, MAX_CONFIG_SIZE)),
    name,
  );
}

/** Bytes that are no UTF-8 are decoded to U+FFFD, which hardly any configuration has: only then is it worth a closer look. */
function decode(bytes: Uint8Array, name: string): string {
  const text = decodeUtf8(bytes);
  if (text.includes("\ufffd")) {
    const at = encodeUtf8(text).findIndex((byte, index) => byte !== bytes[index]);
    if (at >= 0) throw new HintedError(`${name} is not UTF-8: byte ${at} is 0x${bytes[at]?.toString(16) ?? ""}`, {});
  }
  return text;
}
