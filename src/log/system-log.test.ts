// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import type { LogEntry } from "./format.ts";
import { journalDatagram, syslogDatagram } from "./system-log.ts";

const sender = { name: "web1", pid: 7, encode: (text: string): Uint8Array => new TextEncoder().encode(text) };
const entry: LogEntry = { level: "error", message: "it failed", time: "", fields: { code: "failed" } };
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");

t.test("journalDatagram() has a field a line", async (t) => {
  t.equal(
    text(journalDatagram(entry, sender)),
    "PRIORITY=3\nSYSLOG_IDENTIFIER=runt\nID=web1\nMESSAGE=it failed\nRUNT_CODE=failed\n",
  );
});

t.test("journalDatagram() gives the length of a value with newlines", async (t) => {
  const datagram = text(journalDatagram({ ...entry, message: "a\nb", fields: {} }, sender));
  t.match(datagram, "\nMESSAGE\n\x03\0\0\0\0\0\0\0a\nb\n");
});

t.test("syslogDatagram() has the priority of its level", async (t) => {
  t.equal(text(syslogDatagram(entry, sender)), '<11>web1[7]: it failed code="failed"');
  t.equal(text(syslogDatagram({ ...entry, level: "warning", fields: {} }, sender)), "<12>web1[7]: it failed");
  t.equal(text(syslogDatagram({ ...entry, level: "debug", fields: {} }, sender)), "<15>web1[7]: it failed");
});
