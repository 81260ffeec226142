// SPDX-License-Identifier: Apache-2.0
/** Text of /etc/passwd. Pure. passwd(5) */

/** The home directory of the first entry with this numeric uid; undefined when there is none or it is empty. */
export function homeOf(text: string, uid: number): string | undefined {
  for (const line of text.split("\n")) {
    const fields = line.split(":");
    const [, , id, , , home] = fields;
    // Only digits count: Number() would read an empty or odd field as an id.
    if (fields.length >= 6 && id !== undefined && /^\d+$/.test(id) && Number(id) === uid) {
      return home === undefined || home === "" ? undefined : home;
    }
  }
  return undefined;
}
