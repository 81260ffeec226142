// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import { annotatedPath, annotation, annotationPlace, checkAnnotations, isAnnotated } from "./annotations.ts";
import { reported, smallConfig } from "./testing.ts";

const annotated = (annotations: Record<string, string>) => smallConfig({ annotations });

t.test("annotation() takes an empty value for none", async (t) => {
  t.equal(annotation(annotated({ "run.oci.pidfd_receiver": "/s" }), "pidfdReceiver"), "/s");
  t.equal(annotation(annotated({ "run.oci.pidfd_receiver": "" }), "pidfdReceiver"), undefined);
  t.equal(annotation(smallConfig(), "pidfdReceiver"), undefined);
});

t.test("isAnnotated() is switched off by 0 and false", async (t) => {
  for (const [value, expected] of [
    ["1", true],
    ["true", true],
    ["", true],
    ["0", false],
    ["false", false],
  ] as const)
    t.equal(isAnnotated(annotated({ "run.oci.keep_original_groups": value }), "keepGroups"), expected, value);
  t.equal(isAnnotated(smallConfig(), "keepGroups"), false);
});

t.test("annotatedPath() wants an absolute path", async (t) => {
  const refused = (value: string) =>
    reported((report) => annotatedPath(annotated({ "run.oci.hooks.stdout": value }), "hooksStdout", report)).refused;
  t.same(refused("/log"), []);
  t.same(refused("log"), ['annotations["run.oci.hooks.stdout"]: is "log", and must be an absolute path']);
  t.same(refused("/l\0g"), ['annotations["run.oci.hooks.stdout"]: is "/l\\u0000g", and must be an absolute path']);
});

t.test("checkAnnotations() refuses what would be ignored in silence, and nothing else", async (t) => {
  const refused = (annotations: Record<string, string>) =>
    reported((report) => checkAnnotations(annotated(annotations), report)).refused;
  t.match(refused({ "run.oci.handler": "krun" }), [
    /^annotations\["run.oci.handler"\]: is "krun", and runt runs programs of Linux/,
  ]);
  t.match(refused({ "run.oci.seccomp.plugins": "a.so:b.so" }), [/runt loads no plugins/]);
  t.same(
    refused({ "run.oci.handler": "", "run.oci.unheard": "x", "com.example": "y", "module.wasm.image/variant": "compat" }),
    [],
  );
  t.same(reported((report) => checkAnnotations(smallConfig(), report)).refused, []);
  t.equal(annotationPlace("seccompFilter"), 'annotations["run.oci.seccomp_bpf_data"]');
});
