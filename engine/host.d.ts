// SPDX-License-Identifier: Apache-2.0
/** The native module of engine/host.c. Only src/linux imports it. */
declare module "runt:host" {
  /** The command line without the program's own name. */
  export function commandLine(): string[];
  /** The program's own name, argv[0]. */
  export function programName(): string;
  /** The environment, "NAME=VALUE" each. */
  export function environ(): string[];
  export function encodeUtf8(text: string): Uint8Array;
  /** Bytes that are no UTF-8 become U+FFFD. */
  export function decodeUtf8(bytes: Uint8Array): string;
  /** Registers what makes the error of a failed call. */
  export function setErrorFactory(make: (syscall: string, errno: number, args: (string | number)[]) => Error): void;
  /** Traces every call to a descriptor from here on; see engine/trace.c. The descriptor belongs to the tracer. */
  export function startTrace(fd: number): void;
  export function stopTrace(): void;
  /** Descriptor of the trace, -1 without one. */
  export function traceDescriptor(): number;
  /** Zeroed memory of `size` bytes that processes cloned later share with this one. */
  export function sharedBytes(size: number): Uint8Array;
  /** Tells the fault injection of the test build what this process is. */
  export function setRole(role: string): void;
}
