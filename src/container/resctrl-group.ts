// SPDX-License-Identifier: Apache-2.0
/** The resctrl group of a container that is being made. It outlives whoever makes it, so the record tells of it before it is there. */
import { createGroup, joinGroup, removeGroup } from "../intel-rdt/group.ts";
import type { Fd } from "../linux/fd.ts";
import { addRecord } from "../store/state-file.ts";
import type { Prepared } from "./prepare.ts";
import { encodeRecord, type ContainerRecord } from "./record.ts";
import type { UndoStack } from "./undo.ts";

interface Making {
  readonly prepared: Prepared;
  readonly undo: UndoStack;
}

/** Puts init into its group, which linux.intelRdt asks for. Returns the record that names it. */
export function enterGroup({ prepared, undo }: Making, state: Fd, record: ContainerRecord): ContainerRecord {
  const rdt = prepared.plan.intelRdt;
  if (rdt === undefined) return record;
  const intelRdt = createGroup(prepared.id, rdt, (intent) => {
    addRecord(state, encodeRecord({ ...record, intelRdt: intent }));
  });
  undo.push("remove the resctrl group", () => {
    removeGroup(intelRdt);
  });
  joinGroup(intelRdt, record.pid);
  return { ...record, intelRdt };
}
