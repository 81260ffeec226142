// SPDX-License-Identifier: Apache-2.0
/** What there is to say of a hook that went wrong. Pure; the texts are those that users of runc know. */

/** How a hook ended, as the kernel told it. */
export interface HookResult {
  readonly status: { readonly code: number } | { readonly signal: number };
  readonly timedOut: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/** The text of a failure; undefined for a hook that ended well. `timeout` in seconds, as the hook names it. */
export function hookFailure(result: HookResult, timeout: number | undefined): string | undefined {
  const { status, timedOut, stdout, stderr } = result;
  if (timedOut) return `hook ran past specified timeout of ${(timeout ?? 0).toFixed(1)}s`;
  if ("code" in status && status.code === 0) return undefined;
  const outcome = "code" in status ? `exit status ${status.code}` : `killed by signal ${status.signal}`;
  return `${outcome}, stdout: ${stdout.trimEnd()}, stderr: ${stderr.trimEnd()}`;
}
