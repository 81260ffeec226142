// SPDX-License-Identifier: Apache-2.0
/** The disk image of the guests that have a Debian of their own; made once, and kept in build/guest or $RUNT_GUEST_CACHE. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { runChild } from "./child.ts";

/** Seconds for making it, most of them for the mirror. */
const LIMIT = 300;

export type GuestImage = { readonly path: string } | { readonly skip: string };

/** So that a maker that is stopped leaves no process and no mount. */
const ISOLATE = ["unshare", "--pid", "--fork", "--kill-child=KILL", "--mount", "--mount-proc", "--propagation", "private"];

let image: Promise<GuestImage> | undefined;

/** The image, or why there is none. `work` is a directory for what is temporary, and gone at the end. */
export function guestImage(repository: string, work: string): Promise<GuestImage> {
  image ??= make(repository, work);
  return image;
}

async function make(repository: string, work: string): Promise<GuestImage> {
  const cache = process.env["RUNT_GUEST_CACHE"] ?? join(repository, "build/guest");
  const maker = [...ISOLATE, join(repository, "tools/guest-image.sh"), cache, work];
  const made = await runChild(maker, { timeout: LIMIT, env: process.env });
  rmSync(work, { recursive: true, force: true });
  if (made.code === 0) return { path: made.stdout.trim() };
  const why = made.timedOut ? `not made in ${LIMIT} s` : made.stderr.trim().split("\n").at(-1);
  return { skip: `no Debian image for the guest: ${why ?? ""}` };
}
