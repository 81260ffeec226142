// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Functions, Structs } from "../src/ffi/declare.ts";
import { merge, type Declarations } from "./gen-ffi/declarations.ts";
import { emitGlue } from "./gen-ffi/glue.ts";
import { emitProbes, parseProbe, probeFlags } from "./gen-ffi/probe.ts";
import { emitConstants, emitStructs, emitTypes } from "./gen-ffi/typescript.ts";

const functions = {
  mount: {
    header: "sys/mount.h",
    params: { source: "path?", target: "path", type: "text?", flags: "ulong", data: "text?" },
    returns: "status",
  },
  open_tree: { syscall: true, params: { dirfd: "fd", path: "path", flags: "uint" }, returns: "fd" },
  getppid: { header: "unistd.h", params: {}, returns: "raw" },
  pause: { header: "unistd.h", params: {}, returns: "status", interruptible: true },
  seccomp_init: { header: "seccomp.h", params: { action: "uint" }, returns: "handle" },
  execve: { header: "unistd.h", params: { path: "path", argv: "strings", envp: "strings" }, returns: "status" },
} as const satisfies Functions;

const structs = {
  linger: { header: "sys/socket.h", c: "struct linger", fields: ["l_onoff", "l_linger"] },
  pollfd: { header: "poll.h", c: "struct pollfd", fields: ["fd", "events"] },
  siginfo: { header: "signal.h", c: "siginfo_t", fields: ["si_signo"] },
} as const satisfies Structs;

const declarations: Declarations = {
  functions,
  structs,
  constants: {
    "fcntl.h": ["O_RDONLY", "AT_FDCWD"],
    "stdint.h": ["UINT64_MAX", "INT64_MIN"],
    "linux/mount.h": ["MS_NOSUID", ["RUNT_NO_SUCH_FLAG", 0x123], ["MS_RDONLY", 77]],
  },
};

/** Compiles the probes with the system's compiler; the assembly, or the compiler's complaint. */
function runProbe(wanted: Declarations): { readonly output: string; readonly problem: string } {
  const directory = mkdtempSync(join(tmpdir(), "gen-ffi-"));
  const compiled = emitProbes(wanted).map(({ name, text }) => {
    const path = join(directory, name);
    writeFileSync(path, text);
    return spawnSync("cc", [...probeFlags, path], { encoding: "utf8" });
  });
  const failed = compiled.find(({ status }) => status !== 0);
  return { output: compiled.map(({ stdout }) => stdout).join(""), problem: failed?.stderr ?? "" };
}

t.test("the probe finds constants, sizes and offsets in the headers", (t) => {
  const { output } = runProbe(declarations);
  const { constants, sizes, fields } = parseProbe(output);
  const cases: readonly [name: string, value: bigint][] = [
    ["O_RDONLY", 0n],
    ["AT_FDCWD", -100n],
    ["UINT64_MAX", 0xffff_ffff_ffff_ffffn],
    ["INT64_MIN", -0x8000_0000_0000_0000n],
    ["MS_NOSUID", 2n],
    ["RUNT_NO_SUCH_FLAG", 0x123n],
    ["MS_RDONLY", 1n],
  ];
  for (const [name, value] of cases) t.equal(constants.get(name), value, name);
  t.equal(constants.size, cases.length);
  t.strictSame([sizes.get("linger"), sizes.get("pollfd"), sizes.get("siginfo")], [8, 8, 128]);
  t.strictSame(fields.get("linger.l_linger"), { offset: 4, size: 4, signed: true });
  t.strictSame(fields.get("pollfd.events"), { offset: 4, size: 2, signed: true });
  t.end();
});

t.test("a wrong declaration is an error of the compiler that names it", (t) => {
  const empty = { functions: {}, structs: {}, constants: {} };
  const cases: readonly [name: string, wanted: Declarations][] = [
    ["NO_SUCH_CONSTANT", { ...empty, constants: { "fcntl.h": ["NO_SUCH_CONSTANT"] } }],
    ["no_such_field", { ...empty, structs: { pollfd: { header: "poll.h", c: "struct pollfd", fields: ["no_such_field"] } } }],
    ["struct no_such", { ...empty, structs: { x: { header: "poll.h", c: "struct no_such", fields: [] } } }],
  ];
  for (const [name, wanted] of cases) t.match(runProbe(wanted).problem, name);
  t.end();
});

t.test("headers that clash are compiled apart", (t) => {
  const names = emitProbes(declarations).map(({ name }) => name);
  t.strictSame(names.length, 6);
  for (const { name, text } of emitProbes(declarations)) {
    const own = text.split("\n").filter((line) => line.startsWith("#include <") && !/<(std|sys\/types|fcntl)/.test(line));
    t.ok(own.length <= 1, name);
  }
  t.end();
});

t.test("emitConstants() writes what a number cannot hold as a bigint, in the order of names", (t) => {
  const text = emitConstants(
    new Map([
      ["WIDE", 0xffff_ffff_ffff_ffffn],
      ["EDGE", BigInt(Number.MAX_SAFE_INTEGER)],
      ["LESS", -100n],
    ]),
  );
  t.match(text, "export const EDGE = 9007199254740991;\nexport const LESS = -100;\nexport const WIDE = 18446744073709551615n;\n");
  t.end();
});

t.test("emitStructs() writes the layout, and refuses what the probe did not find", (t) => {
  const text = emitStructs(declarations, parseProbe(runProbe(declarations).output));
  t.match(text, 'export const pollfd = {\n  size: 8,\n  fields: {\n    "fd": { offset: 0, size: 4, signed: true },\n');
  t.throws(() => emitStructs(declarations, { constants: new Map(), sizes: new Map(), fields: new Map() }), /"linger"/);
  t.end();
});

t.test("emitTypes() writes a typed function for each declaration", (t) => {
  const text = emitTypes(declarations);
  const lines = [
    "mount(source: string | null, target: string, type: string | null, flags: number, data: string | null): void;",
    "open_tree(dirfd: number, path: string, flags: number): number;",
    "execve(path: string, argv: readonly string[], envp: readonly string[]): void;",
    "seccomp_init(action: number): number;",
  ];
  for (const line of lines) t.match(text, `  export function ${line}\n`);
  t.end();
});

t.test("emitGlue() writes a thunk and a row for each function", (t) => {
  const text = emitGlue(declarations);
  const parts = [
    "return (long)mount(a[0].text, a[1].text, a[2].text, (unsigned long)a[3].number, a[4].text);",
    '{ "mount", "PpTnT", FFI_STATUS, 0, thunk_mount },',
    "return (long)syscall(SYS_open_tree, (int)a[0].number, a[1].text, (unsigned int)a[2].number);",
    "return (long)(intptr_t)seccomp_init((unsigned int)a[0].number);",
    '{ "getppid", "", FFI_RAW, 0, thunk_getppid },',
    '{ "pause", "", FFI_STATUS, 1, thunk_pause },',
    '{ "execve", "pss", FFI_STATUS, 0, thunk_execve },',
    "#include <sys/mount.h>\n",
  ];
  for (const part of parts) t.match(text, part);
  t.notMatch(text, "#include <fcntl.h>", "headers of constants are for the probe");
  t.end();
});

t.test("the glue compiles, and a wrong number of parameters does not", (t) => {
  const directory = mkdtempSync(join(tmpdir(), "gen-ffi-"));
  mkdirSync(join(directory, "quickjs"));
  writeFileSync(
    join(directory, "quickjs", "quickjs.h"),
    "typedef struct C JSContext;\ntypedef struct M JSModuleDef;\ntypedef long JSValue;\n#define JSValueConst JSValue\n",
  );
  const engine = join(import.meta.dirname, "../engine");
  const compile = (wanted: Functions): string => {
    const path = join(directory, "ffi.c");
    writeFileSync(path, emitGlue({ functions: wanted, structs: {}, constants: {} }));
    const flags = [
      "-D_GNU_SOURCE",
      "-Wall",
      "-Wextra",
      "-Werror",
      "-fsyntax-only",
      `-I${engine}`,
      `-I${join(directory, "quickjs")}`,
    ];
    return spawnSync("cc", [...flags, path], { encoding: "utf8" }).stderr;
  };
  const { mount, open_tree, getppid, pause, execve } = functions;
  t.equal(compile({ mount, open_tree, getppid, pause, execve }), "");
  t.match(compile({ getppid: { ...getppid, params: { extra: "int" } } }), "too many arguments");
  t.end();
});

t.test("merge() puts files together", (t) => {
  const { mount, pause } = functions;
  const merged = merge([
    { name: "a.ts", declarations: { functions: { mount }, constants: { "fcntl.h": ["O_RDONLY"] } } },
    { name: "b.ts", declarations: { functions: { mount, pause }, constants: { "fcntl.h": ["O_WRONLY"] } } },
  ]);
  t.strictSame(Object.keys(merged.functions), ["mount", "pause"]);
  t.strictSame(merged.constants, { "fcntl.h": ["O_RDONLY", "O_WRONLY"] });
  t.throws(
    () =>
      merge([
        { name: "a.ts", declarations: { functions: { mount } } },
        { name: "b.ts", declarations: { functions: { mount: pause } } },
      ]),
    new Error('src/ffi/b.ts: "mount" is declared in another way before'),
  );
  t.end();
});
