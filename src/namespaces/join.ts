// SPDX-License-Identifier: Apache-2.0
/** Joining namespaces by path, and leaving them for new ones. setns(2), unshare(2) */
import { isErrno, within } from "../linux/errors.ts";
import type { Fd } from "../linux/fd.ts";
import { O_RDONLY, openFile } from "../linux/file.ts";
import { namespaceTypeOf, setns, unshare } from "../linux/namespace.ts";
import { fstat, stat } from "../linux/stat.ts";
import type { NamespaceType } from "../plan/types.ts";
import { becomeMappedRoot } from "./id-maps.ts";
import { namespaceKinds, namespaceName } from "./kinds.ts";

export interface NamespaceToJoin {
  readonly type: NamespaceType;
  readonly path: string;
}

/** Whether `fd` is the namespace of that kind in which the caller is already: setns(2) refuses the caller's own user namespace. */
function isOwn(fd: Fd, type: NamespaceType): boolean {
  const [there, own] = [fstat(fd), stat(`/proc/self/ns/${namespaceKinds[type].file}`)];
  return there.inode === own.inode && there.deviceMajor === own.deviceMajor && there.deviceMinor === own.deviceMinor;
}

/** Opens one and checks its kind. */
function openNamespace({ type, path }: NamespaceToJoin): Fd {
  const quoted = JSON.stringify(path);
  const fd = within(`open ${type} namespace ${quoted}`, () => openFile(path, O_RDONLY), {
    ENOENT: "linux.namespaces names it; the process or the file that kept the namespace may be gone",
  });
  try {
    const flag = namespaceTypeOf(fd);
    if (flag !== namespaceKinds[type].flag) {
      throw new Error(`namespace path ${quoted} is of type ${namespaceName(flag)} and should be of type ${type}`);
    }
    return fd;
  } catch (error) {
    fd.close();
    if (isErrno(error, "ENOTTY")) throw new Error(`namespace path ${quoted} is no namespace`, { cause: error });
    throw error;
  }
}

/** Joins one namespace; in a user namespace the caller becomes its root, if it has one. */
function joinOpened(type: NamespaceType, fd: Fd, path: string): void {
  if (type === "user" && isOwn(fd, type)) return;
  within(`join ${type} namespace ${JSON.stringify(path)}`, () => setns(fd, namespaceKinds[type].flag), {
    EPERM: `the caller needs CAP_SYS_ADMIN in the user namespace that owns the ${type} namespace`,
    EINVAL: "the namespace is not below the caller's own",
  });
  if (type === "user") becomeMappedRoot();
}

/**
 * Joins in the order given: user first, since it gives the right to the others; mount last, since paths mean something else
 * afterwards. All are opened and checked before the first is joined. A pid or time namespace counts for children alone.
 */
export function joinNamespaces(namespaces: readonly NamespaceToJoin[]): void {
  const opened: Fd[] = [];
  try {
    for (const namespace of namespaces) opened.push(openNamespace(namespace));
    namespaces.forEach(({ type, path }, index) => {
      const fd = opened[index];
      if (fd !== undefined) joinOpened(type, fd, path);
    });
  } finally {
    for (const fd of opened) fd.close();
  }
}

/**
 * exec: the namespaces of process `pid` as something to join, those left out that are the caller's own already.
 * `directory` is /proc, or the path of another mount of it.
 */
export function namespacesOf(pid: number, types: readonly NamespaceType[]): NamespaceToJoin[] {
  return types
    .map((type) => ({ type, path: `/proc/${pid}/ns/${namespaceKinds[type].file}` }))
    .filter(({ type, path }) => {
      using fd = within(`open ${type} namespace ${JSON.stringify(path)}`, () => openFile(path, O_RDONLY));
      return !isOwn(fd, type);
    });
}

/** Leaves the caller's namespaces of these types for new ones. */
export function unshareNamespaces(types: readonly NamespaceType[]): void {
  const flags = types.reduce((sum, type) => sum | namespaceKinds[type].flag, 0);
  if (flags !== 0) within(`make new namespaces: ${types.join(", ")}`, () => unshare(flags));
}
