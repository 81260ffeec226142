// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import { parseKernelRelease } from "./kernel-release.ts";

t.test("parseKernelRelease()", async (t) => {
  t.same(parseKernelRelease("6.1.0-13-amd64"), [6, 1]);
  t.same(parseKernelRelease("5.15"), [5, 15]);
  t.same(parseKernelRelease("6.18.0-rc3+"), [6, 18]);
  t.throws(() => parseKernelRelease("six"), { message: 'unreadable kernel release "six"' });
});
