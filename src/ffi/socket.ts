// SPDX-License-Identifier: Apache-2.0
/** Sockets, and waiting for descriptors. */
import type { Constants, Functions, Structs } from "./declare.ts";

export const functions = {
  socket: { header: "sys/socket.h", params: { domain: "int", type: "int", protocol: "int" }, returns: "fd" },
  socketpair: {
    header: "sys/socket.h",
    params: { domain: "int", type: "int", protocol: "int", fds: "buffer" },
    returns: "status",
  },
  bind: { syscall: true, params: { fd: "fd", address: "buffer", length: "uint" }, returns: "status" },
  connect: { syscall: true, params: { fd: "fd", address: "buffer", length: "uint" }, returns: "status" },
  listen: { header: "sys/socket.h", params: { fd: "fd", backlog: "int" }, returns: "status" },
  accept4: {
    syscall: true,
    params: { fd: "fd", address: "buffer?", length: "buffer?", flags: "int" },
    returns: "fd",
  },
  setsockopt: {
    header: "sys/socket.h",
    params: { fd: "fd", level: "int", name: "int", value: "buffer", length: "uint" },
    returns: "status",
  },
  getsockopt: {
    header: "sys/socket.h",
    params: { fd: "fd", level: "int", name: "int", value: "buffer", length: "buffer" },
    returns: "status",
  },
  send: { header: "sys/socket.h", params: { fd: "fd", data: "buffer", length: "size", flags: "int" }, returns: "size" },
  recv: { header: "sys/socket.h", params: { fd: "fd", data: "buffer", length: "size", flags: "int" }, returns: "size" },
  sendmsg: { syscall: true, params: { fd: "fd", message: "buffer", flags: "int" }, returns: "size" },
  recvmsg: { syscall: true, params: { fd: "fd", message: "buffer", flags: "int" }, returns: "size" },
  shutdown: { header: "sys/socket.h", params: { fd: "fd", how: "int" }, returns: "status" },
  poll: { header: "poll.h", params: { fds: "buffer", count: "ulong", timeout: "int" }, returns: "int" },
} as const satisfies Functions;

export const structs = {
  msghdr: {
    header: "sys/socket.h",
    c: "struct msghdr",
    fields: ["msg_name", "msg_namelen", "msg_iov", "msg_iovlen", "msg_control", "msg_controllen", "msg_flags"],
  },
  iovec: { header: "sys/uio.h", c: "struct iovec", fields: ["iov_base", "iov_len"] },
  cmsghdr: { header: "sys/socket.h", c: "struct cmsghdr", fields: ["cmsg_len", "cmsg_level", "cmsg_type"] },
  pollfd: { header: "poll.h", c: "struct pollfd", fields: ["fd", "events", "revents"] },
} as const satisfies Structs;

export const constants = {
  "sys/socket.h": [
    "AF_UNIX",
    "AF_NETLINK",
    "AF_INET",
    "AF_INET6",
    "SOCK_STREAM",
    "SOCK_DGRAM",
    "SOCK_SEQPACKET",
    "SOCK_RAW",
    "SOCK_CLOEXEC",
    "SOCK_NONBLOCK",
    "SOL_SOCKET",
    "SO_RCVTIMEO",
    "SO_SNDBUF",
    "SO_PASSCRED",
    "SCM_RIGHTS",
    "MSG_CMSG_CLOEXEC",
    "MSG_DONTWAIT",
    "MSG_NOSIGNAL",
    "MSG_TRUNC",
    "MSG_CTRUNC",
    "MSG_PEEK",
    "SHUT_WR",
    "SHUT_RDWR",
  ],
  "poll.h": ["POLLIN", "POLLOUT", "POLLERR", "POLLHUP", "POLLNVAL", "POLLPRI"],
} as const satisfies Constants;
