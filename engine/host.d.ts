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
  /** Dies of a signal that nothing can hold up: for a process that may not even end. */
  export function crash(): never;
  /** Tells the trace, and the fault injection of the test build, what this process is. */
  export function setRole(role: string): void;
  /** The value of a variable of the environment. getenv(3) */
  export function environmentValue(name: string): string | undefined;
  /** After a clone, in both processes: new memory comes from pages that the two do not share. */
  export function partHeap(): void;
  /** What waitThenExec() does; descriptors as numbers. */
  export interface WaitOrder {
    /** One byte is read from here, and it is closed. */
    readonly start: number;
    /** What failed is written here. */
    readonly reply: number;
    readonly path: string;
    readonly args: readonly string[];
    readonly env: readonly string[];
    /** Instructions of a filter that is loaded right before execve(2), with these flags of seccomp(2). */
    readonly filter: Uint8Array | undefined;
    readonly filterFlags: number;
    /** These lose their close-on-exec flag. */
    readonly keep: readonly number[];
    /**
     * What is written when a step fails, in threes: the step (`getcwd`, `seccomp`, `execve`; with `execve 2` for one errno alone), the
     * text before the errno, the text after it.
     */
    readonly failures: readonly string[];
  }
  /** Gives the engine's memory back, waits, and becomes the program; see engine/waiter.c. */
  export function waitThenExec(order: WaitOrder): never;
}
