// SPDX-License-Identifier: Apache-2.0
/** Unix sockets, and descriptors sent through them. unix(7) */
import {
  AF_UNIX,
  MSG_CMSG_CLOEXEC,
  MSG_CTRUNC,
  MSG_NOSIGNAL,
  MSG_TRUNC,
  O_DIRECTORY,
  O_PATH,
  SCM_RIGHTS,
  SOCK_CLOEXEC,
  SOCK_SEQPACKET,
  SOCK_STREAM,
  SOL_SOCKET,
} from "#gen/constants.ts";
import { cmsghdr, iovec, msghdr } from "#gen/structs.ts";
import * as ffi from "runt:ffi";
import { encodeUtf8 } from "runt:host";
import { addressOf } from "./address.ts";
import { Fd, fdNumber, type FdLike } from "./fd.ts";
import { openFile } from "./file.ts";
import { pack, unpack } from "./struct.ts";

export { SOCK_DGRAM, SOCK_SEQPACKET, SOCK_STREAM } from "#gen/constants.ts";

/** Two connected sockets, close-on-exec; with SOCK_SEQPACKET each send is one message to the other side. socketpair(2) */
export function socketPair(type = SOCK_SEQPACKET): [Fd, Fd] {
  const ends = new Int32Array(2);
  ffi.socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends);
  const [a = -1, b = -1] = ends;
  return [new Fd(a), new Fd(b)];
}

const PATH_MAX_IN_ADDRESS = 107; // sizeof sun_path less the NUL

function socketAddress(path: string): Uint8Array {
  const name = encodeUtf8(path);
  if (name.length > PATH_MAX_IN_ADDRESS) throw new Error(`socket path ${JSON.stringify(path)} has more than 107 bytes`);
  const address = new Uint8Array(2 + name.length + 1);
  new DataView(address.buffer).setUint16(0, AF_UNIX, true);
  address.set(name, 2);
  return address;
}

/** Calls `use` with an address for `path`; one that is too long for a sockaddr_un goes through its open directory. */
function withAddress(path: string, use: (address: Uint8Array) => void): void {
  if (encodeUtf8(path).length <= PATH_MAX_IN_ADDRESS) {
    use(socketAddress(path));
    return;
  }
  const slash = path.lastIndexOf("/");
  using directory = openFile(slash === -1 ? "." : path.slice(0, slash + 1), O_PATH | O_DIRECTORY);
  use(socketAddress(`/proc/self/fd/${directory.number}/${path.slice(slash + 1)}`));
}

function newSocket(type: number): Fd {
  return new Fd(ffi.socket(AF_UNIX, type | SOCK_CLOEXEC, 0));
}

/** Connects to the socket at `path`, of any length. connect(2) */
export function connectUnix(path: string, type = SOCK_STREAM): Fd {
  const socket = newSocket(type);
  try {
    withAddress(path, (address) => ffi.connect(socket.number, address, address.length));
    return socket;
  } catch (cause) {
    socket.close();
    throw new Error(`connect to socket ${JSON.stringify(path)}`, { cause });
  }
}

/** A socket bound to the new name `path`; listening, unless it is a SOCK_DGRAM one (`backlog` 0). bind(2), listen(2) */
export function bindUnix(path: string, options: { readonly type?: number; readonly backlog?: number } = {}): Fd {
  const socket = newSocket(options.type ?? SOCK_STREAM);
  try {
    withAddress(path, (address) => ffi.bind(socket.number, address, address.length));
    const backlog = options.backlog ?? 16;
    if (backlog > 0) ffi.listen(socket.number, backlog);
    return socket;
  } catch (cause) {
    socket.close();
    throw new Error(`bind socket ${JSON.stringify(path)}`, { cause });
  }
}

/** The next connection of a listening socket. accept4(2) */
export function accept(listener: FdLike): Fd {
  return new Fd(ffi.accept4(fdNumber(listener), null, null, SOCK_CLOEXEC));
}

/** Ends the sending side: the peer reads an end of file. shutdown(2) */
export function shutdownSocket(socket: FdLike, how: number): void {
  ffi.shutdown(fdNumber(socket), how);
}

const HEADER_SIZE = cmsghdr.size; // 16 on 64-bit machines, already aligned
const controlSpace = (count: number): number => HEADER_SIZE + ((count * 4 + 7) & ~7);

function controlMessage(fds: readonly FdLike[]): Uint8Array {
  const control = new Uint8Array(controlSpace(fds.length));
  control.set(pack(cmsghdr, { cmsg_len: HEADER_SIZE + fds.length * 4, cmsg_level: SOL_SOCKET, cmsg_type: SCM_RIGHTS }));
  const view = new DataView(control.buffer);
  fds.forEach((fd, index) => view.setInt32(HEADER_SIZE + index * 4, fdNumber(fd), true));
  return control;
}

/**
 * Sends `data` in one sendmsg(2), with `fds` (which stay the caller's) in one SCM_RIGHTS message. Returns the number of bytes
 * that were taken. No SIGPIPE: a peer that is gone is EPIPE.
 */
export function sendMessage(socket: FdLike, data: Uint8Array, fds: readonly FdLike[] = []): number {
  const vector = pack(iovec, { iov_base: addressOf(data), iov_len: data.length });
  const control = fds.length === 0 ? undefined : controlMessage(fds);
  const message = pack(msghdr, {
    msg_iov: addressOf(vector),
    msg_iovlen: 1,
    msg_control: control === undefined ? 0 : addressOf(control),
    msg_controllen: control?.length ?? 0,
  });
  return ffi.sendmsg(fdNumber(socket), message, MSG_NOSIGNAL);
}

export interface ReceivedMessage {
  /** Empty at the end of the stream. */
  readonly data: Uint8Array;
  /** Descriptors, owned by the receiver from here on. */
  readonly fds: readonly Fd[];
}

const MAX_FDS = 253; // SCM_MAX_FD of the kernel

function receivedFds(control: Uint8Array, length: number): Fd[] {
  const fds: Fd[] = [];
  if (length === 0) return fds;
  const view = new DataView(control.buffer);
  for (let at = 0; at + HEADER_SIZE <= length;) {
    const size = unpack(cmsghdr, control, "cmsg_len", at);
    if (size < HEADER_SIZE) break;
    const isRights =
      unpack(cmsghdr, control, "cmsg_level", at) === SOL_SOCKET && unpack(cmsghdr, control, "cmsg_type", at) === SCM_RIGHTS;
    for (let fd = at + HEADER_SIZE; isRights && fd + 4 <= at + size; fd += 4) fds.push(new Fd(view.getInt32(fd, true)));
    at += (size + 7) & ~7;
  }
  return fds;
}

/** Takes messages from sockets, into memory that it keeps: the data of one message are there until the next one is taken. */
export class MessageReceiver {
  readonly #data: Uint8Array;
  readonly #control = new Uint8Array(controlSpace(MAX_FDS));
  readonly #vector: Uint8Array;

  /** @param limit longest message, in bytes */
  constructor(limit: number) {
    this.#data = new Uint8Array(limit);
    this.#vector = pack(iovec, { iov_base: addressOf(this.#data), iov_len: limit });
  }

  /**
   * Receives one message. A message that was cut (too long, or its descriptors did not arrive whole) is an error, and its
   * descriptors are closed. recvmsg(2)
   */
  receive(socket: FdLike, flags = 0): ReceivedMessage {
    const message = pack(msghdr, {
      msg_iov: addressOf(this.#vector),
      msg_iovlen: 1,
      msg_control: addressOf(this.#control),
      msg_controllen: this.#control.length,
    });
    const length = ffi.recvmsg(fdNumber(socket), message, MSG_CMSG_CLOEXEC | flags);
    const fds = receivedFds(this.#control, unpack(msghdr, message, "msg_controllen"));
    if ((unpack(msghdr, message, "msg_flags") & (MSG_TRUNC | MSG_CTRUNC)) !== 0) {
      for (const fd of fds) fd.close();
      throw new Error(`received message is longer than ${this.#data.length} bytes or lost its file descriptors`);
    }
    return { data: this.#data.subarray(0, length), fds };
  }
}

/** Receives one message of at most `limit` bytes, as MessageReceiver does. */
export function receiveMessage(socket: FdLike, limit: number, flags = 0): ReceivedMessage {
  return new MessageReceiver(limit).receive(socket, flags);
}

/** Sends all of `data` over a stream. */
export function sendAll(socket: FdLike, data: Uint8Array): void {
  for (let rest = data; rest.length > 0;) rest = rest.subarray(sendMessage(socket, rest));
}
