// SPDX-License-Identifier: Apache-2.0
/** Namespaces: joining and leaving them, and finding out what an nsfs file is. */
import { NS_GET_NSTYPE, NS_GET_OWNER_UID, NS_GET_PARENT, NS_GET_USERNS } from "#gen/constants.ts";
import * as ffi from "runt:ffi";
import { Fd, fdNumber, type FdLike } from "./fd.ts";
import { ioctl, ioctlBuffer } from "./ioctl.ts";

export {
  CLONE_NEWCGROUP,
  CLONE_NEWIPC,
  CLONE_NEWNET,
  CLONE_NEWNS,
  CLONE_NEWPID,
  CLONE_NEWTIME,
  CLONE_NEWUSER,
  CLONE_NEWUTS,
} from "#gen/constants.ts";

/** Joins the namespace behind `fd`; `type` is its CLONE_NEW… flag, checked by the kernel. With a pidfd: several at once. setns(2) */
export function setns(fd: FdLike, type: number): void {
  ffi.setns(fdNumber(fd), type);
}

/** Leaves the namespaces of `flags` for new ones. unshare(2) */
export function unshare(flags: number): void {
  ffi.unshare(flags);
}

/** Begins to make a network namespace whose loopback device is up, by a thread, while this one goes on. */
export function beginNetworkNamespace(): void {
  ffi.begin_network_namespace();
}

/** Waits for what beginNetworkNamespace() began; undefined when it could not be made. */
export function takeNetworkNamespace(): Fd | undefined {
  const number = ffi.end_network_namespace();
  return number < 0 ? undefined : new Fd(number);
}

/** The CLONE_NEW… flag of the namespace behind `fd`; throws ENOTTY for another file. ioctl_ns(2) */
export function namespaceTypeOf(fd: FdLike): number {
  return ioctl(fd, NS_GET_NSTYPE);
}

/** The user namespace that owns the namespace behind `fd`. ioctl_ns(2) */
export function owningUserNamespace(fd: FdLike): Fd {
  return new Fd(ioctl(fd, NS_GET_USERNS));
}

/** The parent of a pid or user namespace. ioctl_ns(2) */
export function parentNamespace(fd: FdLike): Fd {
  return new Fd(ioctl(fd, NS_GET_PARENT));
}

/** The uid of the creator of a user namespace, as the caller sees it. ioctl_ns(2) */
export function userNamespaceOwner(fd: FdLike): number {
  const uid = new Uint8Array(4);
  ioctlBuffer(fd, NS_GET_OWNER_UID, uid);
  return new DataView(uid.buffer).getUint32(0, true);
}
