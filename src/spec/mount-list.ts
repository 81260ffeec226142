// SPDX-License-Identifier: Apache-2.0
/** A document of mounts alone: `{"mounts": […]}`, each as in config.json. */
import { parseJson } from "./json.ts";
import { renderProblems, SpecError } from "./problem.ts";
import type { Mount } from "./types.ts";
import { validateConfig } from "./validate.ts";

/** Reads one. Throws SpecError with every problem; `file` is the name in its message. */
export function parseMountList(text: string, file: string): readonly Mount[] {
  const value = parseJson(text, file);
  const mounts: unknown = typeof value === "object" && value !== null ? Reflect.get(value, "mounts") : undefined;
  if (!Array.isArray(mounts)) throw new SpecError(`${file} has no list of mounts, and must be {"mounts": [...]}`);
  const problems = validateConfig({ ociVersion: "1.0.0", root: { path: "rootfs" }, mounts });
  if (problems.length > 0) throw new SpecError(renderProblems(file, problems), problems);
  return mounts as readonly Mount[];
}
