// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import { defaultConfig, defaultConfigText } from "./default-config.ts";
import { parseConfig, validateConfig } from "./validate.ts";
import { unknownProperties } from "./outline.ts";

t.test("the default configurations are valid", (t) => {
  for (const config of [defaultConfig(), defaultConfig({ uid: 1000, gid: 1001 })]) {
    t.same(validateConfig(config), []);
    t.same(unknownProperties(config), []);
  }
  t.end();
});

t.test("the text is indented with tabs and reads back as the same", (t) => {
  t.match(defaultConfigText(), /^\{\n\t"ociVersion": "1\.\d+\.\d+",\n\t"process": \{\n\t\t"terminal": true,/);
  t.same(parseConfig(defaultConfigText()), defaultConfig());
  t.end();
});

t.test("the rootless one maps the caller to root and asks for nothing that needs privileges", (t) => {
  const { linux, mounts } = defaultConfig({ uid: 1000, gid: 1001 });
  t.same(linux?.uidMappings, [{ containerID: 0, hostID: 1000, size: 1 }]);
  t.same(linux?.gidMappings, [{ containerID: 0, hostID: 1001, size: 1 }]);
  t.ok(linux?.namespaces?.some(({ type }) => type === "user"));
  t.notOk(linux?.namespaces?.some(({ type }) => type === "network"));
  t.equal(linux?.resources, undefined);
  t.notOk(mounts?.some(({ options }) => options?.some((option) => option.startsWith("gid="))));
  t.same(mounts?.find(({ destination }) => destination === "/sys")?.options?.[0], "rbind");
  t.end();
});
