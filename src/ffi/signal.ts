// SPDX-License-Identifier: Apache-2.0
/** Signals. The raw system calls, so that a signal set is always the kernel's 64 bits. */
import type { Constants, Functions, Structs } from "./declare.ts";

export const functions = {
  reset_signal_actions: { header: "calls.h", params: {}, returns: "status" },
  rt_sigprocmask: {
    syscall: true,
    params: { how: "int", set: "buffer?", old: "buffer?", size: "size" },
    returns: "status",
  },
  signalfd4: { syscall: true, params: { fd: "fd", mask: "buffer", size: "size", flags: "int" }, returns: "fd" },
} as const satisfies Functions;

export const structs = {
  signalfd_siginfo: {
    header: "sys/signalfd.h",
    c: "struct signalfd_siginfo",
    fields: ["ssi_signo", "ssi_code", "ssi_pid", "ssi_status"],
  },
} as const satisfies Structs;

export const constants = {
  "signal.h": [
    "SIG_BLOCK",
    "SIG_UNBLOCK",
    "SIG_SETMASK",
    "SIGHUP",
    "SIGINT",
    "SIGQUIT",
    "SIGILL",
    "SIGTRAP",
    "SIGABRT",
    "SIGBUS",
    "SIGFPE",
    "SIGKILL",
    "SIGUSR1",
    "SIGSEGV",
    "SIGUSR2",
    "SIGPIPE",
    "SIGALRM",
    "SIGTERM",
    "SIGSTKFLT",
    "SIGCHLD",
    "SIGCONT",
    "SIGSTOP",
    "SIGTSTP",
    "SIGTTIN",
    "SIGTTOU",
    "SIGURG",
    "SIGXCPU",
    "SIGXFSZ",
    "SIGVTALRM",
    "SIGPROF",
    "SIGWINCH",
    "SIGIO",
    "SIGPWR",
    "SIGSYS",
  ],
  "sys/signalfd.h": ["SFD_CLOEXEC", "SFD_NONBLOCK"],
} as const satisfies Constants;
