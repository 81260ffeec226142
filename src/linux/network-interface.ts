// SPDX-License-Identifier: Apache-2.0
/** Network devices by name, one call each: for what needs no conversation with rtnetlink. netdevice(7) */
import { AF_UNIX, IFF_UP, SIOCSIFFLAGS, SOCK_CLOEXEC, SOCK_DGRAM } from "#gen/constants.ts";
import { ifreq } from "#gen/structs.ts";
import { socket } from "runt:ffi";
import { Fd } from "./fd.ts";
import { ioctlBuffer } from "./ioctl.ts";
import { pack } from "./struct.ts";
import { encodeUtf8 } from "./text.ts";

/** Sets a device up that has no other flag that can be set. Any socket will do, and every kernel has those of AF_UNIX. SIOCSIFFLAGS */
export function setUpByName(name: string): void {
  using any = new Fd(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  ioctlBuffer(any, SIOCSIFFLAGS, pack(ifreq, { ifr_name: encodeUtf8(name), ifr_flags: IFF_UP }));
}
