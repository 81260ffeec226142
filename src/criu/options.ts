// SPDX-License-Identifier: Apache-2.0
/** What checkpoint and restore are asked for, in the words of criu(8). Types only. */

export type CgroupsMode = "soft" | "full" | "strict" | "ignore";

interface CommonOptions {
  /** Absolute directories: of the images, and of logs and statistics. */
  readonly imagePath: string;
  readonly workPath: string;
  readonly tcpEstablished: boolean;
  readonly extUnixSk: boolean;
  readonly shellJob: boolean;
  readonly fileLocks: boolean;
  readonly autoDedup: boolean;
  readonly lazyPages: boolean;
  readonly cgroupsMode: CgroupsMode | undefined;
  /** Whether the network namespace is left empty: its devices are somebody else's to bring back. */
  readonly emptyNetwork: boolean;
  readonly networkLock: string | undefined;
  /** A configuration file of criu. */
  readonly configFile: string | undefined;
}

export interface DumpOptions extends CommonOptions {
  readonly leaveRunning: boolean;
  /** Memory alone, while everything goes on; a dump with this one as its parent follows. */
  readonly preDump: boolean;
  /** Images of an earlier pre-dump, relative to `imagePath`. */
  readonly parentPath: string | undefined;
  readonly linkRemap: boolean;
  readonly tcpSkipInFlight: boolean;
  /** A descriptor of the caller that criu writes to when it is ready to give pages. */
  readonly statusFd: number | undefined;
  readonly pageServer: { readonly address: string; readonly port: string } | undefined;
}

export interface RestoreOptions extends CommonOptions {
  readonly tcpClose: boolean;
  readonly lsmProfile: string | undefined;
  readonly lsmMountContext: string | undefined;
}
