// SPDX-License-Identifier: Apache-2.0
/** `create`: everything up to the program, which waits for `start`. runtime.md, "Create" */
import type { RuntimeContext } from "./context.ts";
import { launch } from "./launch.ts";
import type { CreateOptions } from "./options.ts";
import { prepare } from "./prepare.ts";

/** Creates container `id` and returns the pid of its init. Throws ContainerError; then nothing is left. */
export function createContainer(context: RuntimeContext, id: string, options: CreateOptions): number {
  const prepared = prepare(context, id, options, { detached: true, clonesInit: true });
  const { record } = launch(context, prepared, options, "create");
  return record.pid;
}
