// SPDX-License-Identifier: Apache-2.0
// @lanes engines @timeout 120
/** Docker runs containers: output, exit codes. */
import assert from "node:assert/strict";
import { compare } from "../lib/compare.ts";
import type { Case } from "../lib/compare.ts";
import { DOCKER_NEEDS, Docker, dockerName } from "../lib/docker.ts";
import { IMAGE } from "../lib/image.ts";

const cases: Case<Docker>[] = [
  {
    name: "run prints what the program prints",
    run: (docker) => {
      assert.equal(docker.ok("run", "--rm", IMAGE, "echo", "hello"), "hello");
    },
  },
  ...[
    { code: 0, argv: ["true"] },
    { code: 3, argv: ["sh", "-c", "exit 3"] },
    { code: 126, argv: ["/etc/passwd"] },
    { code: 127, argv: ["no-such-program"] },
    { code: 137, argv: ["sh", "-c", "sh -c 'kill -KILL $$'; exit $?"] },
  ].map(({ code, argv }) => ({
    name: `exit code ${code}`,
    run: (docker: Docker): void => {
      assert.equal(docker.command(["run", "--rm", IMAGE, ...argv]).code, code);
    },
  })),
];

await compare({ engine: dockerName(), needs: DOCKER_NEEDS, open: (runtime) => new Docker(runtime), cases });
