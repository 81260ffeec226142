// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import { parseNetDev } from "./net-dev.ts";

const text = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo:     168       2    0    0    0     0          0         0      168       2    0    0    0     0       0          0
eth0.7:18446744073709551615 9 1 3 0 0 0 0 5 6 7 8 0 0 0 0
`;

t.test("parseNetDev() reads every interface, and counters of 64 bits", async (t) => {
  const [lo, eth] = parseNetDev(text);
  t.equal(parseNetDev(text).length, 2);
  t.strictSame([lo?.name, lo?.counts.slice(0, 2), lo?.counts.length], ["lo", [168n, 2n], 16]);
  t.strictSame([eth?.name, eth?.counts.slice(0, 4)], ["eth0.7", [18446744073709551615n, 9n, 1n, 3n]]);
});
