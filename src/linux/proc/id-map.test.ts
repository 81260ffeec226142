// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import { formatIdMap, isFullIdMap, mapToOutside, parseIdMap } from "./id-map.ts";

t.test("parseIdMap() reads rows", (t) => {
  t.same(parseIdMap("         0     100000      65536\n     65536          7          1\n"), [
    { inside: 0, outside: 100000, count: 65536 },
    { inside: 65536, outside: 7, count: 1 },
  ]);
  t.same(parseIdMap(""), []);
  t.end();
});

t.test("isFullIdMap() tells the initial user namespace", (t) => {
  t.ok(isFullIdMap(parseIdMap("         0          0 4294967295\n")));
  t.notOk(isFullIdMap(parseIdMap("0 0 1\n")));
  t.notOk(isFullIdMap([]));
  t.end();
});

t.test("mapToOutside() and formatIdMap()", (t) => {
  const rows = [{ inside: 0, outside: 1000, count: 10 }];
  t.equal(mapToOutside(rows, 9), 1009);
  t.equal(mapToOutside(rows, 10), undefined);
  t.equal(formatIdMap(rows), "0 1000 10\n");
  t.end();
});
