// SPDX-License-Identifier: Apache-2.0
/**
 * What a declaration of the FFI may say. Declarations are plain data; `tools/gen-ffi.ts` turns them into C and TypeScript, and
 * the C compiler checks them against the system's own headers. A declaration may not contain code, a number that the headers
 * know, or a layout.
 */

/**
 * Type of a parameter. `path` and `text` are strings without NUL, a path is shown in errors; `buffer` is the memory of a typed
 * array, read or written by the call; `strings` becomes a NULL-terminated `char *[]`; `handle` is an opaque pointer. A `?` lets
 * null through as NULL.
 */
export type ParameterType =
  | "int"
  | "uint"
  | "long"
  | "ulong"
  | "size"
  | "fd"
  | "pid"
  | "i64"
  | "u64"
  | "path"
  | "path?"
  | "text"
  | "text?"
  | "buffer"
  | "buffer?"
  | "strings"
  | "handle"
  | "handle?";

/**
 * How a result is read. `status`: nothing, -1 fails. `fd` to `i64`: a number, -1 fails. `handle`: a pointer, NULL fails.
 * `negative_errno`: an int, below 0 it is -errno. `errno`: 0, or the errno. `raw`: an int, and the call cannot fail.
 * `outcome`: an int, or -errno: for calls whose failure is an answer, which is not worth an exception.
 */
export type ReturnType =
  "status" | "fd" | "int" | "pid" | "size" | "long" | "i64" | "handle" | "negative_errno" | "errno" | "raw" | "outcome";

interface Call {
  /** In the order of the C parameters. */
  readonly params: Readonly<Record<string, ParameterType>>;
  readonly returns: ReturnType;
  /** EINTR is a result and not a reason to call again. */
  readonly interruptible?: boolean;
}

/** A function of libc or of a library, by the header that declares it; or a raw system call, by its name. */
export type FunctionDeclaration = Call & ({ readonly header: string } | { readonly syscall: true });

export interface StructDeclaration {
  readonly header: string;
  /** The C type, e.g. "struct clone_args". */
  readonly c: string;
  /** The fields that are used; `a.b` for a field of a member. */
  readonly fields: readonly string[];
}

/** A constant of a header; with a value for build machines whose header is older than the constant. */
export type ConstantDeclaration = string | readonly [name: string, fallback: number];

export type Functions = Readonly<Record<string, FunctionDeclaration>>;
export type Structs = Readonly<Record<string, StructDeclaration>>;
/** Header to the constants that are used of it. */
export type Constants = Readonly<Record<string, readonly ConstantDeclaration[]>>;
