// SPDX-License-Identifier: Apache-2.0
/** Terminals, and ioctl(2) itself. */
import type { Constants, Functions, Structs } from "./declare.ts";

export const functions = {
  // A pointer argument is given by its address (see linux/address.ts): some requests take an integer in its place.
  ioctl: { syscall: true, params: { fd: "fd", request: "ulong", arg: "ulong" }, returns: "int" },
  tcgetattr: { header: "termios.h", params: { fd: "fd", termios: "buffer" }, returns: "status" },
  tcsetattr: { header: "termios.h", params: { fd: "fd", action: "int", termios: "buffer" }, returns: "status" },
} as const satisfies Functions;

export const structs = {
  termios: { header: "termios.h", c: "struct termios", fields: ["c_iflag", "c_oflag", "c_cflag", "c_lflag", "c_cc"] },
  winsize: { header: "sys/ioctl.h", c: "struct winsize", fields: ["ws_row", "ws_col", "ws_xpixel", "ws_ypixel"] },
} as const satisfies Structs;

export const constants = {
  "termios.h": [
    "TCSANOW",
    "TCSADRAIN",
    "IGNBRK",
    "BRKINT",
    "PARMRK",
    "ISTRIP",
    "INLCR",
    "IGNCR",
    "ICRNL",
    "IXON",
    "OPOST",
    "ONLCR",
    "ECHO",
    "ECHONL",
    "ICANON",
    "ISIG",
    "IEXTEN",
    "CSIZE",
    "PARENB",
    "CS8",
    "VMIN",
    "VTIME",
  ],
  "sys/ioctl.h": ["TIOCSCTTY", "TIOCGWINSZ", "TIOCSWINSZ", "TIOCSPTLCK", "TIOCGPTN", "TIOCGPTPEER", "FIONREAD"],
} as const satisfies Constants;
