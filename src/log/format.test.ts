// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import { formatEntry, type LogEntry } from "./format.ts";

const entry: LogEntry = {
  level: "error",
  message: 'mount "proc":\nno',
  time: "2026-01-02T03:04:05.000000006Z",
  fields: { code: "init-failed", hint: "look" },
};

t.test("formatEntry() writes one JSON object a line, as engines read it", async (t) => {
  const line = formatEntry("json", entry);
  t.equal(
    line,
    '{"level":"error","msg":"mount \\"proc\\":\\nno","time":"2026-01-02T03:04:05.000000006Z","code":"init-failed","hint":"look"}\n',
  );
  t.equal(formatEntry("json", { ...entry, fields: {} }).split('"').length, 15);
});

t.test("formatEntry() writes text on one line", async (t) => {
  t.equal(
    formatEntry("text", entry),
    'time="2026-01-02T03:04:05.000000006Z" level=error msg="mount \\"proc\\":\\nno" code="init-failed" hint="look"\n',
  );
});
