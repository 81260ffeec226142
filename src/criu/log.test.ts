// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import { errorsIn } from "./log.ts";

t.test("errorsIn() takes the messages of errors", async (t) => {
  const log = `(00.000112) Version: 4.2 (gitid 0)
(00.012) Warn  (criu/net.c:3): nothing
(00.123456) Error (criu/mount.c:1088): mnt: 59:./data doesn't have a proper root mount
(00.123457)      1: Error (criu/files-reg.c:12): Can't open file
(00.123500) Error (criu/cr-dump.c:2098): Dumping FAILED.
`;
  t.same(errorsIn(log), ["mnt: 59:./data doesn't have a proper root mount", "Can't open file"]);
  t.same(errorsIn(""), []);
});
