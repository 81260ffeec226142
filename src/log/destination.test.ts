// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import { type Destination, describeDestination, parseDestination } from "./destination.ts";

t.test("parseDestination() reads files, the journal and syslog", async (t) => {
  const cases: [string, Destination, string][] = [
    ["/b/log.json", { kind: "file", path: "/b/log.json" }, 'log file "/b/log.json"'],
    ["file:/b/log", { kind: "file", path: "/b/log" }, 'log file "/b/log"'],
    ["file:journald:x", { kind: "file", path: "journald:x" }, 'log file "journald:x"'],
    ["./syslog:x", { kind: "file", path: "./syslog:x" }, 'log file "./syslog:x"'],
    ["journald:web1", { kind: "journald", name: "web1" }, "journal"],
    ["journald:", { kind: "journald", name: "runt" }, "journal"],
    ["syslog:a:b", { kind: "syslog", name: "a:b" }, "syslog"],
  ];
  for (const [text, destination, described] of cases) {
    t.strictSame(parseDestination(text), destination, text);
    t.equal(describeDestination(destination), described);
  }
});
