// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import { cleanPath, fromBundle, isBelow } from "./paths.ts";

t.test("cleanPath()", async (t) => {
  for (const [path, clean] of [
    ["/a/b", "/a/b"],
    ["/", "/"],
    ["", "/"],
    ["a/b", "/a/b"],
    ["/a//b/", "/a/b"],
    ["/a/./b/..", "/a"],
    ["../../x", "/x"],
    ["/a/../../b", "/b"],
    ["/a/.hidden", "/a/.hidden"],
    ["/a/..b", "/a/..b"],
    ["/dev/", "/dev"],
  ] as const) {
    t.equal(cleanPath(path), clean, path);
  }
});

t.test("isBelow()", async (t) => {
  t.equal(isBelow("/proc/sys", "/proc"), true);
  t.equal(isBelow("/proc", "/proc"), false);
  t.equal(isBelow("/process", "/proc"), false);
  t.equal(isBelow("/a", "/"), true);
  t.equal(isBelow("/", "/"), false);
});

t.test("fromBundle()", async (t) => {
  t.equal(fromBundle("/abs", "/b"), "/abs");
  t.equal(fromBundle("rootfs", "/b"), "/b/rootfs");
  t.equal(fromBundle("./rootfs", "/b"), "/b/rootfs");
  t.equal(fromBundle("../x", "/b"), "/b/../x");
  t.equal(fromBundle(".", "/b"), "/b");
});
