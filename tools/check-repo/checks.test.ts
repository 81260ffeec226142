// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import { CHECKS, checkSubject } from "./checks.ts";

const SPDX = "// SPDX-License-Identifier: Apache-2.0\n";
const cases: readonly { name: string; path: string; text: string; breach: RegExp | undefined }[] = [
  { name: "a good file", path: "src/plan/a.ts", text: SPDX, breach: undefined },
  { name: "a script with its SPDX line second", path: "tools/a.sh", text: `#!/bin/sh\n# ${SPDX}`, breach: undefined },
  { name: "no SPDX line", path: "src/a.ts", text: "\n", breach: /SPDX/ },
  { name: "a name in camelCase", path: "src/fooBar.ts", text: SPDX, breach: /kebab-case/ },
  { name: "a package host", path: "a.md", text: "see packages.example.test\n", breach: /package host/ },
  { name: "a machine's path", path: "a.md", text: `in ${"/wo"}rk/x\n`, breach: /path of one machine/ },
  { name: "a loose end", path: "src/a.ts", text: `${SPDX}// ${"TO"}DO\n`, breach: /has a/ },
  { name: "a lock file with hosts", path: "package-lock.json", text: '"resolved": ""\n', breach: /resolved/ },
  { name: "a second door", path: "src/cli/a.ts", text: `${SPDX}import { a } from "runt:ffi";\n`, breach: /only src\/linux/ },
  { name: "the door", path: "src/linux/a.ts", text: `${SPDX}import { a } from "runt:ffi";\n`, breach: undefined },
  { name: "no final newline", path: "a.md", text: "a", breach: /newline/ },
];

for (const { name, path, text, breach } of cases) {
  t.test(`the repository's rules on ${name}`, (t) => {
    const found = CHECKS.flatMap((check) => check({ path, text }, { packageHosts: ["packages.example.test"] }));
    t.equal(found.length, breach ? 1 : 0);
    if (breach) t.match(found[0], breach);
    t.end();
  });
}

t.test("checkSubject()", (t) => {
  t.strictSame(checkSubject("cgroup: freeze before the kill"), []);
  t.match(checkSubject("Freeze before the kill")[0], /area: what/);
  t.match(checkSubject(`cgroup: ${"x".repeat(70)}`)[0], /78 characters/);
  t.end();
});
