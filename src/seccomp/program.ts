// SPDX-License-Identifier: Apache-2.0
/** A compiled filter: what compile.ts makes before the clone and load.ts puts on the process of the container. */

/** A filter that is ready to be loaded. */
export interface SeccompProgram {
  /** Instructions, as in struct sock_filter. */
  readonly program: Uint8Array;
  /** Flags of seccomp(2). */
  readonly flags: number;
  /** Whether loading it gives a listener that must be sent to the agent. */
  readonly notify: boolean;
}
