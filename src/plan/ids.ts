// SPDX-License-Identifier: Apache-2.0
/** Ids on the command line. Numbers only: names are the business of whoever reads the image's /etc/passwd. */

/** A uid or gid in decimal, below (uid_t) -1; undefined for anything else, never a default. */
export function parseId(text: string): number | undefined {
  if (!/^[0-9]{1,10}$/.test(text)) return undefined;
  const id = Number(text);
  return id < 0xffffffff ? id : undefined;
}

/** `UID` or `UID:GID`; undefined for anything else (CVE-2026-30892: a failed parse must not become root). */
export function parseUser(text: string): { readonly uid: number; readonly gid: number | undefined } | undefined {
  const colon = text.indexOf(":");
  const uid = parseId(colon < 0 ? text : text.slice(0, colon));
  const gid = colon < 0 ? undefined : parseId(text.slice(colon + 1));
  if (uid === undefined || (colon >= 0 && gid === undefined)) return undefined;
  return { uid, gid };
}
