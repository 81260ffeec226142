// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import { parseFilesystems } from "./filesystems.ts";
import { homeOf } from "./passwd.ts";

const text =
  "root:x:0:0:root:/root:/bin/sh\n1000:x:0:0::/evil:/bin/sh\nempty:x::0::/none:\nuser:x:1000:1000:,,,:/home/user:/bin/sh\nnohome:x:5:5:::\n";

t.test("homeOf() goes by the numeric id alone", (t) => {
  t.equal(homeOf(text, 0), "/root");
  t.equal(homeOf(text, 1000), "/home/user");
  t.equal(homeOf(text, 5), undefined);
  t.equal(homeOf(text, 77), undefined);
  t.equal(homeOf("", 0), undefined);
  t.end();
});

t.test("parseFilesystems() reads names with and without nodev", (t) => {
  t.same([...parseFilesystems("nodev\tproc\n\text4\nnodev\tcgroup2\n")], ["proc", "ext4", "cgroup2"]);
  t.end();
});
