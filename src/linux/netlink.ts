// SPDX-License-Identifier: Apache-2.0
/** A conversation with the kernel's routing tables. rtnetlink(7) */
import {
  AF_NETLINK,
  MSG_PEEK,
  MSG_TRUNC,
  NETLINK_ROUTE,
  NLMSG_DONE,
  NLM_F_ACK,
  NLM_F_DUMP,
  NLM_F_REQUEST,
  SOCK_CLOEXEC,
  SOCK_RAW,
} from "#gen/constants.ts";
import { recv, send, socket } from "runt:ffi";
import { SyscallError } from "./errors.ts";
import { Fd } from "./fd.ts";
import {
  acknowledgedErrno,
  decodeMessages,
  encodeMessage,
  type NetlinkAttribute,
  type NetlinkMessage,
} from "./netlink-message.ts";

/** A request: message type, the family's fixed part, attributes, flags beside REQUEST and ACK. */
export interface NetlinkRequest {
  readonly type: number;
  readonly body: Uint8Array;
  readonly attributes?: readonly NetlinkAttribute[];
  readonly flags?: number;
}

/** A socket that belongs to the network namespace in which it was made, and speaks to that one for as long as it lives. */
export class RouteSocket {
  readonly #fd: Fd;
  #sequence = 0;

  constructor() {
    this.#fd = new Fd(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
  }

  [Symbol.dispose](): void {
    this.#fd.close();
  }

  /** Asks for a change and waits for its acknowledgement; `what` names the call in the error of a refused one. */
  change(what: string, request: NetlinkRequest): void {
    const sequence = this.#send(request, NLM_F_ACK);
    for (;;) {
      for (const message of this.#receive(sequence)) {
        const errno = acknowledgedErrno(message);
        if (errno === 0) return;
        if (errno !== undefined) throw new SyscallError(what, errno);
      }
    }
  }

  /** All answers to a request for a list. */
  dump(what: string, request: NetlinkRequest): NetlinkMessage[] {
    const sequence = this.#send(request, NLM_F_DUMP);
    const answers: NetlinkMessage[] = [];
    for (;;) {
      for (const message of this.#receive(sequence)) {
        const errno = acknowledgedErrno(message);
        if (errno !== undefined && errno !== 0) throw new SyscallError(what, errno);
        if (message.type === NLMSG_DONE || errno === 0) return answers;
        answers.push(message);
      }
    }
  }

  #send({ type, body, attributes = [], flags = 0 }: NetlinkRequest, reply: number): number {
    const sequence = ++this.#sequence;
    const bytes = encodeMessage({ type, flags: flags | NLM_F_REQUEST | reply, sequence }, body, attributes);
    send(this.#fd.number, bytes, bytes.length, 0);
    return sequence;
  }

  #receive(sequence: number): NetlinkMessage[] {
    const size = recv(this.#fd.number, new Uint8Array(0), 0, MSG_PEEK | MSG_TRUNC);
    const bytes = new Uint8Array(size);
    const length = recv(this.#fd.number, bytes, size, 0);
    return decodeMessages(bytes.subarray(0, length)).filter((message) => message.sequence === sequence);
  }
}
