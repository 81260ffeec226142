// SPDX-License-Identifier: Apache-2.0
/**
 * What a command decides, decided once while the binary is built, on a made-up config and host. The engine makes much of its own state on
 * first use: properties, regular expressions, shapes of objects, tables. What is there when the heap image is written is there
 * at every start. Pure code alone: no call of the kernel, no clock, no environment.
 */
import { deviceProgram } from "../cgroup/devices/program.ts";
import { SyscallError } from "../linux/errors.ts";
import { planExec } from "../plan/exec.ts";
import { planContainer } from "../plan/plan.ts";
import type { HostFacts } from "../plan/types.ts";
import { decodeError, decodeMessage, encodeError, encodeMessage } from "../process/messages.ts";
import { defaultConfigText } from "../spec/default-config.ts";
import type { Config } from "../spec/types.ts";
import { parseConfig } from "../spec/validate.ts";
import { decodeRecord, encodeRecord, newRecord } from "./record.ts";
import { describeState } from "./state.ts";

const facts: HostFacts = {
  euid: 0,
  egid: 0,
  inUserNamespace: false,
  setgroupsDenied: false,
  cgroupMode: "v2",
  cgroupControllers: ["cpu", "io", "memory", "pids"],
  apparmor: false,
  selinux: false,
  kernel: [6, 1],
  isOwnNamespace: () => false,
  capability: () => "held",
};

/** Built-in functions come into being when they are first looked at: all that hold them are looked at here. */
function rehearseEngine(): void {
  const iterators = [[][Symbol.iterator](), new Map()[Symbol.iterator](), new Set()[Symbol.iterator](), ""[Symbol.iterator]()];
  const constructors = [
    Array,
    BigInt,
    DataView,
    Map,
    Number,
    Object,
    RegExp,
    Set,
    String,
    Uint8Array,
    BigUint64Array,
    Int32Array,
    Date,
  ];
  const typedArrays: unknown[] = [Object.getPrototypeOf(Uint8Array), Object.getPrototypeOf(Uint8Array.prototype)];
  const holders: unknown[] = [
    ...[Math, JSON, Reflect, ...constructors, ...constructors.map(({ prototype }): unknown => prototype), ...typedArrays],
    ...iterators.map((iterator): unknown => Object.getPrototypeOf(iterator)),
  ];
  for (const holder of holders) {
    if (holder === null || (typeof holder !== "object" && typeof holder !== "function")) continue;
    for (const key of Reflect.ownKeys(holder)) Reflect.getOwnPropertyDescriptor(holder, key);
  }
}

/** Parses, checks and plans a container that will never be, and what comes after it. */
export function rehearse(): void {
  rehearseEngine();
  const config = parseConfig(defaultConfigText());
  rehearseStates(config);
  const { cgroup } = planContainer(config, facts, {
    id: "rehearsal",
    bundle: "/bundle",
    noPivot: false,
    newKeyring: true,
    cgroupManager: "cgroupfs",
    rootless: "auto",
  });
  deviceProgram(cgroup.deviceRules);
  planExec(config, { args: ["true"], env: [], additionalGids: [], cap: [] }, facts);
  rehearseFailure();
}

function rehearseStates(config: Config): void {
  const record = newRecord({
    id: "rehearsal",
    ociVersion: config.ociVersion,
    bundle: "/bundle",
    rootfs: "/bundle/rootfs",
    created: "1970-01-01T00:00:00Z",
    owner: 0,
    annotations: {},
    pid: 1,
    startTime: "1",
    ownPidNamespace: true,
    namespaces: ["pid"],
    ownKeyring: true,
    keyring: "_ses",
    cgroup: { manager: "cgroupfs", mode: "v2", paths: { "": "/rehearsal" } },
    poststart: [],
    poststop: [],
  });
  JSON.stringify(describeState(decodeRecord(record.id, encodeRecord(record)), "running"), undefined, 2);
}

/** The tables of error texts, too. */
function rehearseFailure(): void {
  const error = new Error("rehearsal", { cause: new SyscallError("openat", 132, ["/rehearsal"]) });
  const message = decodeMessage(encodeMessage({ type: "error", chain: encodeError(error) }));
  if (message.type === "error") decodeError(message.chain);
}
