// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import { decodeBase64, readFilter } from "./seccomp-filter.ts";
import { reported } from "./testing.ts";

t.test("decodeBase64() reads what base64(1) writes", async (t) => {
  for (let length = 0; length < 40; length++) {
    const bytes = Uint8Array.from({ length }, (_, index) => (index * 151 + length * 7) & 0xff);
    t.same(decodeBase64(Buffer.from(bytes).toString("base64")), bytes, `${length} bytes`);
    t.same(decodeBase64(Buffer.from(bytes).toString("base64").replaceAll("=", "")), bytes, `${length} bytes, no padding`);
  }
  t.same(decodeBase64("AAEC\nAwQF\n"), Uint8Array.of(0, 1, 2, 3, 4, 5));
});

t.test("decodeBase64() takes nothing else", async (t) => {
  for (const text of ["A", "AAAAA", "A-_A", "AA=A", "====", "é", "AA.A"]) t.equal(decodeBase64(text), undefined, text);
});

t.test("readFilter() refuses what is no filter", async (t) => {
  const at = 'annotations["run.oci.seccomp_bpf_data"]';
  const refused = (bytes: Uint8Array | string) =>
    reported((report) => readFilter(typeof bytes === "string" ? bytes : Buffer.from(bytes).toString("base64"), report)).refused;
  const allow = Uint8Array.of(0x06, 0, 0, 0, 0, 0, 0xff, 0x7f);
  t.same(refused(allow), []);
  t.same(refused("?"), [`${at}: is not base64`]);
  t.same(refused(allow.subarray(1)), [`${at}: has 7 bytes, and must have 1 to 4096 instructions of 8 bytes`]);
  t.match(refused(""), [/has 0 bytes/]);
  t.match(refused(new Uint8Array(8 * 4097)), [/has 32776 bytes/]);
  const notify = Uint8Array.of(...allow, 0x06, 0, 0, 0, 0, 0, 0xc0, 0x7f);
  t.same(refused(notify), [`${at}: asks an agent, which only a filter of linux.seccomp can`]);
});
