// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import { namespacePids, parseStatus, statusMask } from "./status.ts";

const text =
  "Name:\tcat\nUmask:\t0022\nState:\tR (running)\nNSpid:\t4242\t17\t1\nSigIgn:\t0000000000001000\nCapBnd:\t000001ffffffffff\n";

t.test("parseStatus() reads fields, sets and pids", (t) => {
  const status = parseStatus(text);
  t.equal(status.get("State"), "R (running)");
  t.equal(statusMask(status, "SigIgn"), 0x1000n);
  t.equal(statusMask(status, "CapBnd"), 0x1ffffffffffn);
  t.equal(statusMask(status, "Missing"), 0n);
  t.same(namespacePids(status), [4242, 17, 1]);
  t.same(namespacePids(parseStatus("")), []);
  t.end();
});
