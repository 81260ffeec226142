// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import * as accepts from "#gen/spec-accepts.js";
import * as validators from "#gen/validators.js";
import { explain } from "./explain.ts";
import { stringifyJson } from "./json.ts";
import { unknownProperties } from "./outline.ts";
import { SpecError, renderProblem, renderProblems } from "./problem.ts";
import { invalid } from "./testing-invalid.ts";
import { changed, everyPath, fullConfig } from "./testing.ts";
import { parseConfig, parseProcess, parseResources, validateConfig, validateProcess } from "./validate.ts";

const keysOf = (path: string) => path.split(".").map((key) => (/^\d+$/.test(key) ? Number(key) : key));

t.same(validateConfig(fullConfig), [], "a configuration with every member is valid");

t.test("what is invalid is told with its path, its value and what is allowed", (t) => {
  for (const [path, value, message] of invalid) {
    t.same(validateConfig(changed(fullConfig, keysOf(path), value)).map(renderProblem), [message], path);
  }
  t.end();
});

t.test("the quick judge and ajv agree, whatever is put wherever", (t) => {
  const values = [
    undefined,
    null,
    "",
    "x",
    "/x",
    "A=b",
    "CAP_X",
    -1,
    0,
    1.5,
    2 ** 53,
    2n ** 64n - 1n,
    -1n,
    true,
    [],
    ["x"],
    [{}],
    {},
    { x: "y" },
    { x: {} },
  ];
  const disagreements: string[] = [];
  for (const path of everyPath(fullConfig)) {
    for (const value of values) {
      const document = changed(fullConfig, path, value);
      if (accepts.config(document) !== validators.config(document))
        disagreements.push(`${path.join(".")} = ${stringifyJson(value)}`);
    }
  }
  t.same(disagreements, []);
  t.end();
});

t.test("several problems are told at once, in a list", (t) => {
  const problems = validateConfig({ process: { cwd: "x", user: { uid: 0, gid: 0 } } });
  t.equal(
    renderProblems("config.json", problems),
    'config.json has 2 problems:\n  ociVersion is missing, and is required\n  process.cwd is "x", and must be an absolute path',
  );
  t.equal(renderProblems("config.json", problems.slice(0, 1)), "config.json: ociVersion is missing, and is required");
  t.end();
});

t.test("a property under a misspelt name is found", (t) => {
  const [problem] = explain("config", { ociVersion: "1.3.0", mounts: [{ destinaton: "/x" }] });
  t.equal(problem && renderProblem(problem), 'mounts[0].destination is missing, and is required; there is "destinaton"');
  t.end();
});

t.test("parseConfig() keeps integers beyond 2^53", (t) => {
  t.same(parseConfig(stringifyJson(fullConfig)), fullConfig);
  t.same(parseResources('{"memory":{"limit":9223372036854775807}}', "x"), { memory: { limit: 9223372036854775807n } });
  t.end();
});

t.test("parseConfig() takes null, empty strings and a missing user as their absence", (t) => {
  const text = `{"ociVersion": "1.3.0", "hooks": null, "mounts": [{"destination": "/x", "options": null}],
    "process": {"cwd": "/", "args": null, "ioPriority": {"class": "IOPRIO_CLASS_BE"}},
    "linux": {"namespaces": [{"type": "pid", "path": ""}], "rootfsPropagation": ""}}`;
  t.same(parseConfig(text), {
    ociVersion: "1.3.0",
    mounts: [{ destination: "/x" }],
    process: { cwd: "/", ioPriority: { class: "IOPRIO_CLASS_BE", priority: 0 }, user: { uid: 0, gid: 0 } },
    linux: { namespaces: [{ type: "pid" }] },
  });
  t.same(parseProcess('{"cwd": "/", "user": {"uid": 5}}', "p.json"), { cwd: "/", user: { uid: 5, gid: 0 } });
  t.throws(() => parseProcess('{"cwd": ""}', "p.json"), { message: 'p.json: cwd is "", and must be an absolute path' });
  t.throws(() => parseConfig('{"ociVersion": "1.3.0", "process": {"cwd": "/", "env": [null]}}'), SpecError);
  t.throws(
    () => parseConfig('{"ociVersion": "1.3.0", "annotations": {"": "x"}}'),
    SpecError,
    "an empty key is not an empty value",
  );
  t.end();
});

t.test("parseConfig() refuses NUL characters", (t) => {
  const text = '{"ociVersion": "1.3.0", "mounts": [{"destination": "/a\\u0000b"}], "hostname": "not \\\\u0000"}';
  t.throws(() => parseConfig(text), { message: "config.json: mounts[0].destination has a NUL character in it, and must not" });
  t.same(parseConfig(text.replace("a\\u0000b", "ab")).hostname, "not \\u0000");
  t.end();
});

t.test("unknownProperties() tells what is ignored and what it may mean", (t) => {
  const config = {
    ociVersion: "1.3.0",
    proces: {},
    annotations: { any: "thing" },
    linux: { namespaces: [{ typ: "pid" }], resources: { rdma: { dev: { hcaHandle: 1 } } }, landlock: { a: 1 } },
  };
  t.same(unknownProperties(config).map(renderProblem), [
    'proces is no property of the specification, and is ignored; did you mean "process"?',
    'linux.namespaces[0].typ is no property of the specification, and is ignored; did you mean "type"?',
    'linux.resources.rdma.dev.hcaHandle is no property of the specification, and is ignored; did you mean "hcaHandles"?',
    "linux.landlock is no property of the specification, and is ignored",
  ]);
  t.same(unknownProperties(fullConfig), []);
  t.same(validateConfig({ ...fullConfig, extension: 1 }), [], "unknown properties do no harm");
  t.end();
});

t.test("validateProcess() judges a process object by itself", (t) => {
  t.same(validateProcess(fullConfig.process), []);
  t.same(validateProcess({ cwd: "/" }).map(renderProblem), ["user is missing, and is required"]);
  t.end();
});

t.test("a config with very many problems has them all told, in time that grows with them", (t) => {
  const mounts = Array.from({ length: 20_000 }, () => ({ destination: 7, type: 3 }));
  const began = performance.now();
  const problems = validateConfig({ ...fullConfig, mounts });
  t.equal(problems.length, 40_000);
  t.same(problems.slice(-1).map(renderProblem), ["mounts[19999].type is 3, and must be a string"]);
  t.ok(performance.now() - began < 10_000, "with a copy of all errors for each mount it takes minutes");
  t.end();
});
