// SPDX-License-Identifier: Apache-2.0
/** The terminal of a container: a pair made by the container's own devpts, all by descriptor. pty(7) */
import { within } from "../linux/errors.ts";
import type { Fd, FdLike } from "../linux/fd.ts";
import { O_NOCTTY, O_RDWR, openat2At, RESOLVE_IN_ROOT, RESOLVE_NO_MAGICLINKS, RESOLVE_NO_SYMLINKS } from "../linux/file.ts";
import { DEVPTS_SUPER_MAGIC, fileSystemMagicFd, fstat } from "../linux/stat.ts";
import {
  getTerminalSize,
  isTerminal,
  openTerminalPeer,
  setControllingTerminal,
  setTerminalSize,
  type TerminalSize,
  terminalNumber,
  unlockTerminal,
} from "../linux/tty.ts";

export interface Terminal {
  /** The runtime's side. */
  readonly master: Fd;
  /** The container's side, for 0, 1, 2 and /dev/console. */
  readonly slave: Fd;
  /** Name of the slave inside the container: /dev/pts/N. */
  readonly name: string;
}

const PTMX = "dev/pts/ptmx";
const PTMX_INODE = 2n; // fs/devpts: the root has 1, ptmx 2, slave N has N + 3

/** Opens the multiplexer of the container's devpts; what the image may have put there instead is refused (CVE-2025-52565). */
function openMultiplexer(root: FdLike): Fd {
  const resolve = RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  const ptmx = openat2At(root, PTMX, { flags: O_RDWR | O_NOCTTY, resolve });
  const { type, inode, rdevMajor, rdevMinor } = fstat(ptmx);
  const isMultiplexer = type === "character" && rdevMajor === 5 && rdevMinor === 2 && inode === PTMX_INODE;
  if (isMultiplexer && fileSystemMagicFd(ptmx) === DEVPTS_SUPER_MAGIC) return ptmx;
  ptmx.close();
  throw new Error(`"/${PTMX}" of the container is not the multiplexer of a devpts file system`);
}

/** The size of the caller's terminal, on 0 or 1; undefined where there is none, or it has no size. */
export function callersSize(): TerminalSize | undefined {
  const terminal = [0, 1].find((number) => isTerminal(number));
  if (terminal === undefined) return undefined;
  const size = getTerminalSize(terminal);
  return size.width > 0 && size.height > 0 ? size : undefined;
}

/**
 * In init (exec: in the joined mount namespace), when /dev/pts is mounted: makes a terminal. `root` is the container's root,
 * held open.
 */
export function openTerminal(root: FdLike, size: TerminalSize | undefined): Terminal {
  return within(
    "make a terminal for the container",
    () => {
      const master = openMultiplexer(root);
      unlockTerminal(master);
      const name = `/dev/pts/${terminalNumber(master)}`;
      if (size !== undefined) setTerminalSize(master, size);
      return { master, slave: openTerminalPeer(master), name };
    },
    { ENOENT: "config.json asks for a terminal, and mounts no devpts on /dev/pts" },
  );
}

/** In the process of the container, in its own session, when 0 is the terminal: Ctrl-C and job control work from here on. */
export function makeTerminalControlling(): void {
  within("make the terminal the controlling one", () => setControllingTerminal(0));
}
