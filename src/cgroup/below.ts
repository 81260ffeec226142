// SPDX-License-Identifier: Apache-2.0
/** Cgroups below the container's, named on the command line of `exec`. Pure. */

export interface Place {
  /** Controllers of cgroup v1 that it is meant for; none: all. */
  readonly controllers: readonly string[];
  /** Relative to the container's cgroup: "" or "/a/b". */
  readonly path: string;
}

/** The command line names a cgroup that the container does not have. */
export class PlaceError extends Error {
  readonly code = "arguments-invalid";
}

/** Reads `PATH`, or with `v1` also `CONTROLLER[,CONTROLLER]:PATH`. Throws for a path that leads out. */
export function parsePlace(text: string, v1: boolean): Place {
  const colon = v1 ? text.indexOf(":") : -1;
  const path = text.slice(colon + 1);
  const names = path.split("/").filter((name) => name !== "" && name !== ".");
  if (names.includes("..")) throw new PlaceError(`cgroup ${JSON.stringify(text)} leads out of the container's cgroup`);
  return {
    controllers: colon === -1 ? [] : text.slice(0, colon).split(",").filter(Boolean),
    path: names.map((name) => `/${name}`).join(""),
  };
}

/** The paths of the hierarchies for processes in these places. Throws for a controller that is not among them. */
export function pathsBelow(paths: Readonly<Record<string, string>>, places: readonly Place[]): Record<string, string> {
  const result: Record<string, string> = { ...paths };
  // The v2 tree beside v1 has no controllers, and so nothing that a place in it would limit.
  const named = Object.keys(paths).filter((name) => name !== "" || Object.keys(paths).length === 1);
  for (const { controllers, path } of places) {
    for (const controller of controllers.length === 0 ? named : controllers) {
      const own = paths[controller];
      if (own === undefined) throw new PlaceError(`the container has no cgroup of the controller ${JSON.stringify(controller)}`);
      result[controller] = own + path;
    }
  }
  return result;
}
