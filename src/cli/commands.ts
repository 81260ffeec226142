// SPDX-License-Identifier: Apache-2.0
/** The command line of runt: all commands, in the order of the help text, and the options before them. */
import { checkpoint } from "./commands/checkpoint.ts";
import { completion } from "./commands/completion.ts";
import { create } from "./commands/create.ts";
import { deleteCommand } from "./commands/delete.ts";
import { doctor } from "./commands/doctor.ts";
import { events } from "./commands/events.ts";
import { exec } from "./commands/exec.ts";
import { features } from "./commands/features.ts";
import { helpCommand } from "./commands/help.ts";
import { kill } from "./commands/kill.ts";
import { list } from "./commands/list.ts";
import { mounts } from "./commands/mounts.ts";
import { pause, resume } from "./commands/pause.ts";
import { ps } from "./commands/ps.ts";
import { restore } from "./commands/restore.ts";
import { run } from "./commands/run.ts";
import { spec } from "./commands/spec.ts";
import { start } from "./commands/start.ts";
import { state } from "./commands/state.ts";
import { update } from "./commands/update.ts";
import { validate } from "./commands/validate.ts";
import { version } from "./commands/version.ts";
import type { CommandDescription, ProgramDescription } from "./describe.ts";
import { globalFlags } from "./global-flags.ts";

export const commands: readonly CommandDescription[] = [
  create,
  start,
  run,
  exec,
  state,
  list,
  kill,
  deleteCommand,
  pause,
  resume,
  ps,
  events,
  update,
  mounts,
  checkpoint,
  restore,
  spec,
  validate,
  features,
  doctor,
  completion(() => program),
  helpCommand(() => program),
  version,
];

export const program: ProgramDescription = { commands, globalFlags };
