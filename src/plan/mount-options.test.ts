// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import { mountOptionNames, readMountOptions, type MountOptions } from "./mount-options.ts";

/** Options that config.md says a runtime MUST or SHOULD know. */
const specOptions =
  "async atime bind defaults dev diratime dirsync exec iversion lazytime loud noatime nodev nodiratime noexec noiversion nolazytime " +
  "norelatime nostrictatime nosuid nosymfollow private ratime rbind rdev rdiratime relatime remount rexec rnoatime rnodev " +
  "rnodiratime rnoexec rnorelatime rnostrictatime rnosuid rnosymfollow ro rprivate rrelatime rro rrw rshared rslave rstrictatime " +
  "rsuid rsymfollow runbindable rw shared silent slave strictatime suid symfollow sync tmpcopyup unbindable idmap ridmap mand nomand";

t.test("every option of the spec is known, and none of them reaches the file system", async (t) => {
  const names = new Set(mountOptionNames());
  for (const option of specOptions.split(" ")) {
    t.ok(names.has(option), option);
    t.same(readMountOptions([option]).data, [], option);
  }
  t.same([...names], [...names].sort());
});

t.test("readMountOptions()", async (t) => {
  const cases: [string, string[], Partial<MountOptions>][] = [
    ["plain flags", ["nosuid", "nodev", "ro"], { set: ["nosuid", "nodev", "ro"], clear: [] }],
    ["the later of two counts", ["ro", "rw"], { set: [], clear: ["ro"] }],
    ["and back", ["ro", "rw", "ro"], { set: ["ro"], clear: [] }],
    ["no flag twice", ["ro", "ro"], { set: ["ro"] }],
    ["access times exclude each other", ["noatime", "relatime", "strictatime"], { set: ["strictatime"] }],
    ["nodiratime stays beside them", ["nodiratime", "noatime"], { set: ["nodiratime", "noatime"] }],
    [
      "recursive flags are apart",
      ["rro", "ro", "rrw", "rnoexec"],
      { set: ["ro"], recursiveSet: ["noexec"], recursiveClear: ["ro"] },
    ],
    [
      "flags of the file system are not recursive",
      ["rsync", "rdirsync", "rnomand"],
      { set: ["sync", "dirsync"], clear: ["mand"] },
    ],
    ["and are cleared", ["sync", "mand", "rasync", "rnomand"], { set: [], clear: ["sync", "mand"] }],
    ["symfollow", ["nosymfollow", "symfollow", "rnosymfollow"], { clear: ["nosymfollow"], recursiveSet: ["nosymfollow"] }],
    [
      "propagation, in order",
      ["rslave", "shared"],
      {
        propagation: [
          { type: "slave", recursive: true },
          { type: "shared", recursive: false },
        ],
      },
    ],
    ["rbind is more than bind", ["rbind", "bind"], { bind: "rbind" }],
    ["bind then rbind", ["bind", "rbind"], { bind: "rbind" }],
    ["remount", ["remount", "bind"], { remount: true, bind: "bind" }],
    ["defaults and the empty string do nothing", ["defaults", ""], { set: [], data: [] }],
    ["the file system's own", ["mode=755", "size=64k", "acl"], { data: ["mode=755", "size=64k", "acl"] }],
    ["several in one string", ["mode=755,size=64k,"], { data: ["mode=755", "size=64k"] }],
    ["a quoted comma", ['context="a:b:c1,c2"'], { data: ['context="a:b:c1,c2"'] }],
    ["an escaped comma", ["lowerdir=/a\\,b"], { data: ["lowerdir=/a\\,b"] }],
    ["idmap", ["idmap"], { idmap: "idmap", idmapText: undefined }],
    ["ridmap with mappings", ["ridmap=uids=0-1-1;gids=0-1-1"], { idmap: "ridmap", idmapText: "uids=0-1-1;gids=0-1-1" }],
    [
      "symlinks",
      ["copy-symlink", "src-nofollow", "dest-nofollow", "tmpcopyup"],
      { copySymlink: true, sourceNoFollow: true, destinationNoFollow: true, tmpcopyup: true },
    ],
  ];
  for (const [name, options, expected] of cases) t.match(readMountOptions(options), expected, name);
});
