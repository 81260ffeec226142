// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import { socketsOf } from "./address.ts";

t.test("socketsOf()", async (t) => {
  for (const [address, sockets] of [
    ["unix:path=/run/user/1000/bus", ["/run/user/1000/bus"]],
    ["unix:path=/a%20b,guid=1;unix:abstract=/tmp/x", ["/a b", "\0/tmp/x"]],
    ["unix:guid=1,path=/x", ["/x"]],
    ["tcp:host=localhost,port=1", []],
    ["unix:dir=/tmp;", []],
    ["unix:path=%zz", ["%zz"]],
    ["", []],
  ] as const)
    t.same(socketsOf(address), sockets, address);
});
