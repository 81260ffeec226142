// SPDX-License-Identifier: Apache-2.0
/** From the seccomp section of a configuration to a program for the kernel. config-linux.md, "Seccomp" */
import { HintedError, within } from "../linux/errors.ts";
import {
  FilterBuilder,
  SECCOMP_FILTER_FLAG_NEW_LISTENER,
  SECCOMP_FILTER_FLAG_TSYNC_ESRCH,
  actionWithData,
  architectureByName,
  filterActions,
  filterFlags,
  libseccompVersion,
  nativeArchitecture,
  syscallByName,
} from "../linux/seccomp.ts";
import type { ArgumentCondition } from "../linux/seccomp.ts";
import type { SeccompPlan } from "../plan/types.ts";
import type { Seccomp, SeccompAction, SeccompArch, SeccompSyscall } from "../spec/types.ts";
import { sectionKey } from "./cache-key.ts";
import { readCached, writeCached } from "./cache.ts";
import { answerYoungerCalls } from "./enosys.ts";
import type { KnownCalls } from "./enosys.ts";
import type { SeccompProgram } from "./program.ts";

export type { SeccompProgram } from "./program.ts";

export interface CompileOptions {
  /** Told of every system call that is unknown, and therefore without a rule. */
  readonly warn: (message: string) => void;
  /** False: neither read nor fill the cache of compiled filters. */
  readonly cache?: boolean | undefined;
}

/** What a compilation gives: the instructions, and the names that it skipped. */
export interface Compiled {
  readonly program: Uint8Array;
  readonly unknown: readonly string[];
}

const EPERM = 1;
const ENOSYS = 38;
/** Of the numbers of architectures. linux/audit.h, __AUDIT_ARCH_LE */
const LITTLE_ENDIAN = 0x4000_0000;

/** Compiles a section, or takes the program from the cache. Throws what libseccomp refuses, with the rule's place. */
export function compileSeccomp(section: SeccompPlan, options: CompileOptions): SeccompProgram {
  if (section.filter !== undefined) return { program: section.filter, flags: loadFlags(section, false), notify: false };
  const made = { architecture: nativeArchitecture(), version: libseccompVersion };
  const key = options.cache === false ? undefined : sectionKey(section, made);
  const cached = key === undefined ? undefined : readCached(key);
  const compiled = cached ?? compileAnew(section);
  if (key !== undefined && cached === undefined) writeCached(key, compiled);
  const [unknown] = compiled.unknown;
  if (section.strict === true && unknown !== undefined) throw new FilterError(`seccomp: system call "${unknown}" is unknown`);
  for (const name of compiled.unknown) options.warn(`seccomp: system call "${name}" is unknown, and its rules are skipped`);
  const notify = usesNotify(section);
  return { program: compiled.program, flags: loadFlags(section, notify), notify };
}

/** The configuration asks for what no filter can be. */
class FilterError extends HintedError {
  readonly code = "config-refused";
}

function compileAnew(section: Seccomp): Compiled {
  try {
    return compile(section);
  } catch (cause) {
    throw new FilterError("linux.seccomp", { cause });
  }
}

/** Compiles a section, the cache apart. */
export function compile(section: Seccomp): Compiled {
  const native = nativeArchitecture();
  const defaultAction = actionNumber(section.defaultAction, section.defaultErrnoRet);
  const builder = new FilterBuilder(defaultAction);
  const architectures = addArchitectures(builder, section, native);
  const unknown = new Set<string>();
  (section.syscalls ?? []).forEach((rule, index) => {
    within(`syscalls[${index}]`, () => addRule(builder, rule, { native, defaultAction, unknown }));
  });
  const program = builder.program();
  return { program: answersYounger(section) ? withEnosys(program, section, architectures) : program, unknown: [...unknown] };
}

/** The native one is always filtered. */
function addArchitectures(builder: FilterBuilder, section: Seccomp, native: number): readonly number[] {
  const architectures = new Set([native]);
  for (const name of section.architectures ?? []) {
    const number = architectureByName(libraryName(name));
    if (number === undefined) throw new Error(`architecture "${name}" is unknown to libseccomp`);
    // Nothing of the other byte order runs on this machine, and libseccomp does not take both into one filter.
    if (((number ^ native) & LITTLE_ENDIAN) !== 0) continue;
    within(`architecture "${name}"`, () => builder.addArchitecture(number));
    architectures.add(number);
  }
  return [...architectures];
}

/** libseccomp's name of an architecture: SCMP_ARCH_X86_64 is "x86_64". */
export function libraryName(architecture: SeccompArch): string {
  return architecture.replace("SCMP_ARCH_", "").toLowerCase();
}

interface RuleContext {
  readonly native: number;
  readonly defaultAction: number;
  readonly unknown: Set<string>;
}

function addRule(builder: FilterBuilder, rule: SeccompSyscall, { native, defaultAction, unknown }: RuleContext): void {
  const action = actionNumber(rule.action, rule.errnoRet);
  const alternatives = conditionsOf(rule);
  for (const name of rule.names) {
    const number = syscallByName(name, native);
    if (number === undefined) unknown.add(name);
    // A rule that says what happens anyway: libseccomp refuses it.
    else if (action !== defaultAction)
      for (const conditions of alternatives) addOne(builder, name, { action, number, conditions });
  }
}

interface Rule {
  readonly action: number;
  readonly number: number;
  readonly conditions: readonly ArgumentCondition[];
}

function addOne(builder: FilterBuilder, name: string, { action, number, conditions }: Rule): void {
  within(`system call "${name}"`, () => builder.addRule(action, number, conditions));
}

/**
 * The conditions of a rule: one list whose members must all hold. libseccomp takes one condition for an argument; where a rule
 * has two for the same, each of its conditions becomes a rule by itself, which is what engines mean by it.
 */
function conditionsOf({ args = [] }: SeccompSyscall): readonly (readonly ArgumentCondition[])[] {
  const conditions = args.map(({ index, value, valueTwo, op }) => ({ index, value, valueTwo: valueTwo ?? 0, operator: op }));
  const indexes = new Set(conditions.map(({ index }) => index));
  return indexes.size === conditions.length ? [conditions] : conditions.map((condition) => [condition]);
}

function actionNumber(action: SeccompAction, errnoRet: number | undefined): number {
  const number = filterActions[action];
  const hasData = action === "SCMP_ACT_ERRNO" || action === "SCMP_ACT_TRACE";
  return hasData ? actionWithData(number, errnoRet ?? EPERM) : number;
}

/** Whether the default would be taken for a younger call's own answer, or would kill for trying it. */
function answersYounger({ defaultAction, defaultErrnoRet }: Seccomp): boolean {
  if (defaultAction === "SCMP_ACT_ERRNO") return defaultErrnoRet !== ENOSYS;
  return defaultAction === "SCMP_ACT_TRAP" || defaultAction.startsWith("SCMP_ACT_KILL");
}

function withEnosys(program: Uint8Array, section: Seccomp, architectures: readonly number[]): Uint8Array {
  const names = new Set((section.syscalls ?? []).flatMap((rule) => rule.names));
  const x32 = architectureByName("x32");
  const known = architectures
    .filter((architecture) => architecture !== x32)
    .map((audit): KnownCalls => ({ audit, last: highest(names, audit) }));
  if (x32 === undefined || !architectures.includes(x32)) return answerYoungerCalls(program, known, enosysAction());
  const x86 = architectureByName("x86_64");
  const lastX32 = highest(names, x32);
  const both = known.map((calls) => (calls.audit === x86 ? { ...calls, lastX32 } : calls));
  return answerYoungerCalls(program, both, enosysAction());
}

function enosysAction(): number {
  return actionWithData(filterActions.SCMP_ACT_ERRNO, ENOSYS);
}

/** The highest number of the named calls on an architecture; -1 when it has none of them. */
function highest(names: ReadonlySet<string>, architecture: number): number {
  let last = -1;
  for (const name of names) last = Math.max(last, syscallByName(name, architecture) ?? -1);
  return last;
}

/** Whether a rule hands the decision to an agent. */
export function usesNotify(section: Seccomp): boolean {
  return section.syscalls?.some(({ action }) => action === "SCMP_ACT_NOTIFY") ?? false;
}

/** Without a list of flags the mitigation of speculative store bypass stays off, as for any other program. */
function loadFlags(section: Seccomp, notify: boolean): number {
  let flags = 0;
  for (const name of section.flags ?? ["SECCOMP_FILTER_FLAG_SPEC_ALLOW" as const]) flags |= filterFlags[name];
  if (!notify) return flags;
  // With both, an error of the synchronization would look like a descriptor.
  const both = (flags & filterFlags.SECCOMP_FILTER_FLAG_TSYNC) !== 0;
  return flags | SECCOMP_FILTER_FLAG_NEW_LISTENER | (both ? SECCOMP_FILTER_FLAG_TSYNC_ESRCH : 0);
}
