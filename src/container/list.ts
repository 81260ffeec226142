// SPDX-License-Identifier: Apache-2.0
/** `list`: the state of every container below the root. */
import { isErrno } from "../linux/errors.ts";
import { listIds } from "../store/state-file.ts";
import type { RuntimeContext } from "./context.ts";
import { ContainerError } from "./errors.ts";
import { type ContainerState, containerState } from "./state.ts";

export interface ContainerList {
  readonly containers: readonly ContainerState[];
  /** Those whose state could not be read: told on stderr, and no reason to hide the others. */
  readonly problems: readonly { readonly id: string; readonly error: unknown }[];
}

/**
 * Lists all containers, sorted by id. A root that is missing is an empty list when it is the default one, and an error when
 * somebody named it.
 */
export function listContainers(context: RuntimeContext, options: { readonly rootIsDefault: boolean }): ContainerList {
  let ids: string[];
  try {
    ids = listIds(context.root);
  } catch (error) {
    if (isErrno(error, "ENOENT") && options.rootIsDefault) return { containers: [], problems: [] };
    throw error;
  }
  const containers: ContainerState[] = [];
  const problems: { id: string; error: unknown }[] = [];
  for (const id of ids) {
    try {
      containers.push(containerState(context, id));
    } catch (error) {
      // Deleted between the listing and the look: nothing to tell.
      if (error instanceof ContainerError && (error.code === "container-not-found" || error.code === "id-invalid")) continue;
      problems.push({ id, error });
    }
  }
  return { containers, problems };
}
