// SPDX-License-Identifier: Apache-2.0
/** The names of the host inside a UTS namespace. config.md, "hostname" and "domainname"; uts_namespaces(7) */
import { within } from "../linux/errors.ts";
import { setDomainname, setHostname } from "../linux/identity.ts";

/** In init, inside its own UTS namespace, before capabilities are dropped. */
export function setHostNames(names: { readonly hostname: string | undefined; readonly domainname: string | undefined }): void {
  const { hostname, domainname } = names;
  if (hostname !== undefined) within(`set hostname ${JSON.stringify(hostname)}`, () => setHostname(hostname));
  if (domainname !== undefined) within(`set domainname ${JSON.stringify(domainname)}`, () => setDomainname(domainname));
}
