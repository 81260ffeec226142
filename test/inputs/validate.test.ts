// SPDX-License-Identifier: Apache-2.0
// @lanes host v2
/** `validate` tells what `create` would refuse, and `doctor` what the host lacks. */
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { container, must } from "../lib/container.ts";
import type { Container } from "../lib/container.ts";
import { isRunt, runtime, unless } from "../lib/lane.ts";
import { run } from "../lib/run.ts";

const skip = { skip: unless(isRunt, "of runt") };

interface Finding {
  readonly kind: string;
  readonly path: string;
  readonly message: string;
  readonly hint?: string;
}

function validate(c: Container): { accepted: boolean; findings: Finding[]; code: number | undefined } {
  c.save();
  const result = c.command(["validate", "--json", c.bundle]);
  t.equal(result.stderr, "");
  return { ...JSON.parse(result.stdout), code: result.code };
}

t.test("a good bundle", skip, (t) => {
  const c = container(t);
  t.match(validate(c), { accepted: true, findings: [], code: 0 });
  t.match(c.command(["validate", c.bundle]).stdout, /^create would take this bundle\n$/);
  t.equal(c.status(), "none", "nothing is made");
  t.end();
});

t.test("a slip in a name, with what it may have meant", skip, (t) => {
  const c = container(t, (config) => (config.linux["maskdPaths"] = []));
  const { accepted, findings, code } = validate(c);
  t.match(findings, [{ kind: "unknown", path: "linux.maskdPaths", hint: 'did you mean "maskedPaths"?' }]);
  t.ok(accepted && code === 0, "it is ignored");
  t.end();
});

t.test("what the config asks for and cannot have", skip, (t) => {
  const c = container(t, (config) => {
    config.mounts.push({ destination: "/data", type: "bind", source: "/no/such/source", options: ["bind"] });
    config.hooks = { createRuntime: [{ path: "/no/such/hook" }] };
  });
  rmSync(c.rootfs, { recursive: true });
  const { accepted, findings, code } = validate(c);
  t.notOk(accepted);
  t.equal(code, 1);
  const refused = findings.filter(({ kind }) => kind === "refused").map(({ path }) => path);
  t.strictSame(refused, ["root.path", `mounts[${c.config.mounts.length - 1}].source`, "hooks.createRuntime[0].path"]);
  t.match(c.command(["validate", c.bundle]).stdout, /root\.path .*which does not exist[^]*create would refuse this bundle\n$/);
  t.not(c.create().code, 0, "and create does refuse it");
  t.end();
});

t.test("every problem of a config that breaks the spec", skip, (t) => {
  const c = container(t);
  writeFileSync(join(c.bundle, "config.json"), '{"ociVersion": 1, "process": {"args": "sh", "cwd": "/"}}');
  const result = c.command(["validate", "--json", c.bundle]);
  t.equal(result.code, 1);
  const paths = JSON.parse(result.stdout).findings.map(({ path }: Finding) => path);
  t.ok(paths.includes("ociVersion") && paths.includes("process.args"), paths.join(" "));
  writeFileSync(join(c.bundle, "config.json"), "{");
  t.match(c.command(["validate", c.bundle]).stdout, /^invalid: config\.json is not valid JSON/);
  t.end();
});

t.test("a bundle that is not there", skip, (t) => {
  const c = container(t);
  t.match(c.command(["validate", join(c.directory, "none")]), { code: 1, stderr: /no such file or directory/ });
  t.end();
});

t.test("doctor says of each thing whether it is there, and how to mend it", skip, (t) => {
  const { able, checks } = JSON.parse(must(run([runtime, "doctor", "--json"])).stdout);
  t.equal(able, true);
  for (const check of checks) t.ok(["ok", "limited", "missing"].includes(check.state), check.name);
  const names = checks.map(({ name }: { name: string }) => name);
  for (const name of ["kernel", "cgroups", "user namespaces", "seccomp", "apparmor", "criu"]) t.ok(names.includes(name), name);
  const text = must(run([runtime, "doctor"])).stdout;
  t.match(text, /^CHECK +STATE +FOUND\nkernel +ok +Linux /);
  t.match(text, /\ncontainers can run here\n$/);
  t.end();
});

t.test("doctor finds limits of huge pages in order where a container can have them", skip, (t) => {
  const { checks }: { checks: { name: string; state: string }[] } = JSON.parse(must(run([runtime, "doctor", "--json"])).stdout);
  const c = container(t);
  c.config.linux.resources["hugepageLimits"] = [{ pageSize: "2MB", limit: 4 << 20 }];
  t.equal(c.create().code === 0, checks.find(({ name }) => name === "huge pages")?.state === "ok");
  t.end();
});
