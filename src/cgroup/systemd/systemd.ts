// SPDX-License-Identifier: Apache-2.0
/** What is asked of systemd: units started, changed and stopped. org.freedesktop.systemd1(5) */
import { HintedError, within } from "../../linux/errors.ts";
import { Bus, BusError } from "./bus.ts";
import type { Call } from "./message.ts";
import type { Property } from "./property.ts";
import { unitObject } from "./unit.ts";
import type { Value, Variant } from "./wire.ts";

const manager = {
  destination: "org.freedesktop.systemd1",
  path: "/org/freedesktop/systemd1",
  interface: "org.freedesktop.systemd1.Manager",
} as const;

const errors = {
  exists: "org.freedesktop.systemd1.UnitExists",
  missing: "org.freedesktop.systemd1.NoSuchUnit",
  unknownProperty: "org.freedesktop.DBus.Error.UnknownProperty",
  notLoaded: "org.freedesktop.systemd1.UnitNotLoaded",
} as const;

/** Properties that older versions do not know and a container can do without: the kernel's files get the limit anyway. */
const optional: ReadonlySet<string> = new Set([
  "CollectMode",
  "CPUQuotaPeriodUSec",
  "AllowedCPUs",
  "AllowedMemoryNodes",
  "MemoryZSwapMax",
  "OOMPolicy",
]);

/** Whether startTransient() failed because a unit of that name is there: somebody else's. */
export function isTaken(error: unknown): boolean {
  return error instanceof Error && error.cause instanceof BusError && error.cause.busName === errors.exists;
}

export class Systemd {
  readonly #bus: Bus;
  #listens = false;

  /** Throws NoBusError when nobody answers at any of the addresses. */
  constructor(addresses: readonly string[]) {
    this.#bus = Bus.open(addresses);
  }

  close(): void {
    this.#bus.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #call(member: string, signature: string, body: readonly Value[]): readonly Value[] {
    return this.#bus.call({ ...manager, member, signature, body });
  }

  /** The cgroup that this systemd's own units are below: "" for the system's, "/user.slice/…/user@1000.service" for a user's. */
  controlGroup(): string {
    return String(this.#get(manager.path, manager.interface, "ControlGroup")?.value ?? "");
  }

  /** A property of an object; undefined where this version does not have it. */
  #get(path: string, of: string, name: string): Variant | undefined {
    const get: Call = {
      ...manager,
      path,
      interface: "org.freedesktop.DBus.Properties",
      member: "Get",
      signature: "ss",
      body: [of, name],
    };
    try {
      const [variant] = this.#bus.call(get);
      return typeof variant === "object" && "value" in variant ? variant : undefined;
    } catch (error) {
      if (error instanceof BusError && error.busName === errors.unknownProperty) return undefined;
      throw error;
    }
  }

  /** What the properties of a unit with these names are now, for setProperties() to set them again. Without what this version lacks. */
  present(unit: string, properties: readonly Property[]): Property[] {
    const kind = unit.endsWith(".slice") ? "Slice" : "Scope";
    return within(`ask for systemd unit ${JSON.stringify(unit)}`, () =>
      properties.flatMap(({ name }) => {
        const value = this.#get(unitObject(unit), `org.freedesktop.systemd1.${kind}`, name);
        return value === undefined ? [] : [{ name, value }];
      }),
    );
  }

  /** Starts a unit that lives as long as its processes, and waits until it is there. */
  startTransient(unit: string, properties: readonly Property[]): void {
    within(`start systemd unit ${JSON.stringify(unit)}`, () => {
      this.#listen();
      this.#waitFor(this.#startOnce(unit, properties));
    });
  }

  #startOnce(unit: string, properties: readonly Property[], retried = false): Value {
    try {
      return this.#withoutUnknown(properties, (known) => {
        const pairs = known.map(({ name, value }) => [name, value]);
        const [job = ""] = this.#call("StartTransientUnit", "ssa(sv)a(sa(sv))", [unit, "replace", pairs, []]);
        return job;
      });
    } catch (error) {
      if (!(error instanceof BusError) || error.busName !== errors.exists || retried) throw error;
      // One of the same name that has failed is in the way.
      this.#forget(unit);
      return this.#startOnce(unit, properties, true);
    }
  }

  /** Calls again without a property that this version does not know, if it can be done without. */
  #withoutUnknown<T>(properties: readonly Property[], step: (properties: readonly Property[]) => T): T {
    for (let left = properties; ;) {
      try {
        return step(left);
      } catch (error) {
        const unknown = /Cannot set property (\w+), or unknown property/.exec((error as Error).message)?.[1];
        if (unknown === undefined || !optional.has(unknown) || !left.some(({ name }) => name === unknown)) throw error;
        left = left.filter(({ name }) => name !== unknown);
      }
    }
  }

  /** Jobs end with a signal; it is asked for before the first of them. */
  #listen(): void {
    if (this.#listens) return;
    this.#listens = true;
    this.#bus.match(`type='signal',interface='${manager.interface}',path='${manager.path}',member='JobRemoved'`);
    this.#call("Subscribe", "", []);
  }

  #waitFor(job: Value): void {
    const [, , , result = ""] = this.#bus.signal("JobRemoved", ([, removed]) => removed === job);
    if (result === "done") return;
    throw new HintedError(`the job ended with ${JSON.stringify(result)}`, {
      hint: "journalctl -xe, or systemctl status, may say why",
    });
  }

  /** Moves a process into the cgroup of a unit that delegates it. systemd 238 */
  attach(unit: string, pid: number): void {
    within(`join systemd unit ${JSON.stringify(unit)}`, () => {
      this.#call("AttachProcessesToUnit", "ssau", [unit, "", [pid]]);
    });
  }

  /** Changes properties of a unit, until the next boot; the cgroup's files show it when this returns. */
  setProperties(unit: string, properties: readonly Property[]): void {
    within(`change systemd unit ${JSON.stringify(unit)}`, () => {
      this.#withoutUnknown(properties, (known) => {
        const pairs = known.map(({ name, value }) => [name, value]);
        return this.#call("SetUnitProperties", "sba(sv)", [unit, true, pairs]);
      });
      // systemd answers before it writes the files, and writes them before it hears another call.
      this.controlGroup();
    });
  }

  /** Stops a unit, which kills what is left in it, and forgets how it ended. One that is gone is fine. */
  stop(unit: string): void {
    within(`stop systemd unit ${JSON.stringify(unit)}`, () => {
      this.#listen();
      const job = this.#unlessGone(() => this.#call("StopUnit", "ss", [unit, "replace"])[0]);
      if (job !== undefined) this.#waitFor(job);
      this.#forget(unit);
    });
  }

  #forget(unit: string): void {
    this.#unlessGone(() => this.#call("ResetFailedUnit", "s", [unit])[0]);
  }

  #unlessGone(step: () => Value | undefined): Value | undefined {
    try {
      return step();
    } catch (error) {
      const gone: readonly string[] = [errors.missing, errors.notLoaded];
      if (error instanceof BusError && gone.includes(error.busName)) return undefined;
      throw error;
    }
  }
}
