// SPDX-License-Identifier: Apache-2.0
/** Terminals: pseudo-terminal pairs, raw mode, sizes. */
import * as c from "#gen/constants.ts";
import { termios as termiosLayout, winsize } from "#gen/structs.ts";
import { tcgetattr, tcsetattr } from "runt:ffi";
import { isErrno } from "./errors.ts";
import { Fd, fdNumber, type FdLike } from "./fd.ts";
import { ioctl, ioctlBuffer } from "./ioctl.ts";
import { pack, unpack } from "./struct.ts";

export interface TerminalSize {
  readonly width: number;
  readonly height: number;
}

/** The settings of a terminal, opaque. */
export type TerminalSettings = Uint8Array;

/** Whether `fd` is a terminal. */
export function isTerminal(fd: FdLike): boolean {
  try {
    getSettings(fd);
    return true;
  } catch (error) {
    if (isErrno(error)) return false; // ENOTTY, and EBADF for a descriptor that is not open
    throw error;
  }
}

/** Unlocks the slave of a pty master. TIOCSPTLCK */
export function unlockTerminal(master: FdLike): void {
  ioctlBuffer(master, c.TIOCSPTLCK, new Uint8Array(4));
}

/** The number N of the slave's /dev/pts/N. TIOCGPTN */
export function terminalNumber(master: FdLike): number {
  const number = new Uint8Array(4);
  ioctlBuffer(master, c.TIOCGPTN, number);
  return new DataView(number.buffer).getUint32(0, true);
}

/** Opens the slave of `master` without any path, so that no mount can come between. TIOCGPTPEER, Linux 4.13 */
export function openTerminalPeer(master: FdLike): Fd {
  return new Fd(ioctl(master, c.TIOCGPTPEER, c.O_RDWR | c.O_NOCTTY | c.O_CLOEXEC));
}

/** Makes a terminal the controlling one of this session leader. TIOCSCTTY */
export function setControllingTerminal(terminal: FdLike): void {
  ioctl(terminal, c.TIOCSCTTY, 0);
}

/** TIOCGWINSZ */
export function getTerminalSize(terminal: FdLike): TerminalSize {
  const bytes = new Uint8Array(winsize.size);
  ioctlBuffer(terminal, c.TIOCGWINSZ, bytes);
  return { width: unpack(winsize, bytes, "ws_col"), height: unpack(winsize, bytes, "ws_row") };
}

/** TIOCSWINSZ */
export function setTerminalSize(terminal: FdLike, size: TerminalSize): void {
  ioctlBuffer(terminal, c.TIOCSWINSZ, pack(winsize, { ws_col: size.width, ws_row: size.height }));
}

/** The terminal's settings, to be restored later. tcgetattr(3) */
export function getSettings(terminal: FdLike): TerminalSettings {
  const settings = new Uint8Array(termiosLayout.size);
  tcgetattr(fdNumber(terminal), settings);
  return settings;
}

/** tcsetattr(3), at once */
export function setSettings(terminal: FdLike, settings: TerminalSettings): void {
  tcsetattr(fdNumber(terminal), c.TCSANOW, settings);
}

function changed(settings: TerminalSettings, clear: TermiosFlags, set: TermiosFlags): Uint8Array {
  const copy = settings.slice();
  const view = new DataView(copy.buffer);
  for (const name of ["c_iflag", "c_oflag", "c_cflag", "c_lflag"] as const) {
    const { offset } = termiosLayout.fields[name];
    view.setUint32(offset, ((view.getUint32(offset, true) & ~(clear[name] ?? 0)) | (set[name] ?? 0)) >>> 0, true);
  }
  return copy;
}

interface TermiosFlags {
  readonly c_iflag?: number;
  readonly c_oflag?: number;
  readonly c_cflag?: number;
  readonly c_lflag?: number;
}

/** `settings` changed to pass every byte as it is, at once. cfmakeraw(3) */
export function rawSettings(settings: TerminalSettings): TerminalSettings {
  const raw = changed(
    settings,
    {
      c_iflag: c.IGNBRK | c.BRKINT | c.PARMRK | c.ISTRIP | c.INLCR | c.IGNCR | c.ICRNL | c.IXON,
      c_oflag: c.OPOST,
      c_cflag: c.CSIZE | c.PARENB,
      c_lflag: c.ECHO | c.ECHONL | c.ICANON | c.ISIG | c.IEXTEN,
    },
    { c_cflag: c.CS8 },
  );
  const characters = termiosLayout.fields.c_cc.offset;
  raw[characters + c.VMIN] = 1;
  raw[characters + c.VTIME] = 0;
  return raw;
}

/** Switches the translation of \n to \r\n on output on or off. termios(3), ONLCR */
export function setNewlineTranslation(terminal: FdLike, on: boolean): void {
  const settings = getSettings(terminal);
  setSettings(terminal, changed(settings, on ? {} : { c_oflag: c.ONLCR }, on ? { c_oflag: c.ONLCR } : {}));
}
