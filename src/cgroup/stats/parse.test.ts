// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import { blkioEntries, count, flat, ioEntries, numberList, pressure } from "./parse.ts";

t.test("count() is exact", async (t) => {
  t.equal(count("42\n"), 42);
  t.equal(count("max\n"), 18446744073709551615n);
  t.equal(count("9223372036854771712\n"), 9223372036854771712n);
  t.equal(count("-1"), -1);
  t.equal(count(undefined), 0);
  t.equal(count(""), 0);
});

t.test("flat() and numberList()", async (t) => {
  t.same(flat("anon 4096\nfile 0\n\n"), { anon: 4096, file: 0 });
  t.same(flat(undefined), {});
  t.same(numberList("0-2,7\n"), [0, 1, 2, 7]);
  t.same(numberList("\n"), []);
});

t.test("pressure()", async (t) => {
  t.equal(pressure(undefined), undefined);
  t.same(pressure("some avg10=1.50 avg60=0.25 avg300=0.00 total=123\n"), {
    some: { avg10: 1.5, avg60: 0.25, avg300: 0, total: 123 },
    full: { avg10: 0, avg60: 0, avg300: 0, total: 0 },
  });
});

t.test("blkioEntries() and ioEntries()", async (t) => {
  t.same(blkioEntries("8:0 Read 4096\n8:0 Total 4096\n7:1 12\nTotal 8192\n"), [
    { major: 8, minor: 0, op: "Read", value: 4096 },
    { major: 8, minor: 0, op: "Total", value: 4096 },
    { major: 7, minor: 1, op: "", value: 12 },
  ]);
  const { bytes, operations } = ioEntries("8:16 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=5 dios=6 cost.usage=7\n");
  t.same(
    bytes.map(({ op, value }) => `${op} ${value}`),
    ["Read 1", "Write 2", "Discard 5"],
  );
  t.same(
    operations.map(({ op, value }) => `${op} ${value}`),
    ["Read 3", "Write 4", "Discard 6"],
  );
});
