// SPDX-License-Identifier: Apache-2.0
/** Unix sockets without a file: names of the network namespace. unix(7), "Abstract" */
import { AF_UNIX, SOCK_CLOEXEC, SOCK_STREAM } from "#gen/constants.ts";
import { connect, socket } from "runt:ffi";
import { encodeUtf8 } from "runt:host";
import { Fd } from "./fd.ts";

const LONGEST_NAME = 107;

/** Connects to the socket with the abstract name `name`, given without its leading NUL. connect(2) */
export function connectAbstract(name: string, type = SOCK_STREAM): Fd {
  const bytes = encodeUtf8(name);
  if (bytes.length > LONGEST_NAME) throw new Error(`socket name ${JSON.stringify(name)} has more than ${LONGEST_NAME} bytes`);
  const address = new Uint8Array(3 + bytes.length);
  new DataView(address.buffer).setUint16(0, AF_UNIX, true);
  address.set(bytes, 3);
  const fd = new Fd(socket(AF_UNIX, type | SOCK_CLOEXEC, 0));
  try {
    connect(fd.number, address, address.length);
    return fd;
  } catch (cause) {
    fd.close();
    throw new Error(`connect to abstract socket ${JSON.stringify(name)}`, { cause });
  }
}
