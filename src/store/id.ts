// SPDX-License-Identifier: Apache-2.0
/** What a container id may be. It names a file and a cgroup, so the alphabet is narrow. */

/** The longest file name that Linux allows, less what files.ts adds to the id. */
const maximumLength = 255 - ".~files".length;

/**
 * Says what is wrong with an id, or nothing when it is good: letters, digits and `_+.-`, not `.` or `..`, not empty.
 */
export function idProblem(id: string): string | undefined {
  if (id === "") return "container id cannot be empty";
  if (id === "." || id === "..") return `invalid container ID format: ${JSON.stringify(id)} names a directory`;
  if (id.length > maximumLength) return `invalid container ID format: ${id.length} characters are more than ${maximumLength}`;
  for (const character of id) {
    if (!isIdCharacter(character)) {
      return `invalid container ID format: ${JSON.stringify(character)} in ${JSON.stringify(id)} is not a letter, a digit or one of "_+.-"`;
    }
  }
  return undefined;
}

function isIdCharacter(character: string): boolean {
  return (
    (character >= "a" && character <= "z") ||
    (character >= "A" && character <= "Z") ||
    (character >= "0" && character <= "9") ||
    character === "_" ||
    character === "+" ||
    character === "." ||
    character === "-"
  );
}
