// SPDX-License-Identifier: Apache-2.0
/** A user namespace that exists for its mappings alone: what an id-mapped mount is given. mount_setattr(2), MOUNT_ATTR_IDMAP */
import { isErrno, within } from "../linux/errors.ts";
import { type Fd, pipe } from "../linux/fd.ts";
import { openFile, O_RDONLY, readBytes, writeFile } from "../linux/file.ts";
import { CLONE_NEWUSER } from "../linux/namespace.ts";
import { clone, exitProcess, waitPid } from "../linux/process.ts";
import type { IdMapPlan, NamespacesPlan } from "../plan/types.ts";
import type { IdMapping } from "../spec/types.ts";

/**
 * In the runtime: a descriptor of a user namespace with the mappings of the mount, or with the container's when it names none.
 * The process that makes it ends at once; the descriptor keeps it.
 */
export function idmapUserNamespace(idmap: IdMapPlan, container: NamespacesPlan): Fd {
  const uids = idmap.uidMappings.length > 0 ? idmap.uidMappings : container.uidMappings;
  const gids = idmap.gidMappings.length > 0 ? idmap.gidMappings : container.gidMappings;
  return within("make a user namespace for an id-mapped mount", () => {
    using child = holdNamespace();
    writeFile(`/proc/${child.pid}/uid_map`, mapText(uids));
    writeFile(`/proc/${child.pid}/gid_map`, mapText(gids));
    return openFile(`/proc/${child.pid}/ns/user`, O_RDONLY);
  });
}

function mapText(mappings: readonly IdMapping[]): string {
  return mappings.map(({ containerID, hostID, size }) => `${containerID} ${hostID} ${size}\n`).join("");
}

/** A child in a new user namespace that lives until it is disposed of, or until this process ends. */
function holdNamespace(): { readonly pid: number; [Symbol.dispose](): void } {
  const { read, write } = pipe();
  const { pid } = clone({ flags: CLONE_NEWUSER });
  if (pid === 0) waitForEndOf(read, write);
  read.close();
  return {
    pid,
    [Symbol.dispose]: () => {
      write.close();
      waitPid(pid);
    },
  };
}

function waitForEndOf(read: Fd, write: Fd): never {
  try {
    write.close();
    readBytes(read, new Uint8Array(1));
  } catch (error) {
    if (!isErrno(error)) throw error; // whatever the pipe says, it is time to go
  } finally {
    exitProcess(0);
  }
}
