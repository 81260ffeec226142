// SPDX-License-Identifier: Apache-2.0
/** How a program in a container ends, or why it never began, and the exit code that every engine makes of it. */
export const EXIT_CODES: readonly { code: number; argv: readonly string[] }[] = [
  { code: 0, argv: ["true"] },
  { code: 3, argv: ["sh", "-c", "exit 3"] },
  { code: 126, argv: ["/etc/passwd"] },
  { code: 126, argv: ["/etc"] },
  { code: 127, argv: ["no-such-program"] },
  { code: 127, argv: ["/no/such/program"] },
];
