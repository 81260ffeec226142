// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import type { IdMapping, Mount } from "../spec/types.ts";
import { planIdMap, type IdMapContext } from "./idmap.ts";
import { readMountOptions } from "./mount-options.ts";
import { reported } from "./testing.ts";
import type { IdMapPlan } from "./types.ts";

const one: IdMapping[] = [{ containerID: 0, hostID: 1000, size: 10 }];
const bare: IdMapContext = { ownUserNamespace: false, uidMappings: [], gidMappings: [] };
const mapped: IdMapContext = { ownUserNamespace: true, uidMappings: one, gidMappings: one };

function plan(options: string[], mount: Partial<Mount> = {}, context: IdMapContext = bare) {
  let result: IdMapPlan | undefined;
  const messages = reported((report) => {
    result = planIdMap({ destination: "/x", ...mount }, readMountOptions(options), "mounts[0]", context, report);
  });
  return { ...messages, plan: result };
}

t.test("mappings come from the mount, the option or the container", async (t) => {
  t.equal(plan([]).plan, undefined);
  t.same(plan([], { uidMappings: one, gidMappings: one }).plan, { recursive: false, uidMappings: one, gidMappings: one });
  t.same(plan(["ridmap"], { uidMappings: one, gidMappings: one }).plan?.recursive, true);
  t.same(plan(["idmap"], {}, mapped).plan, { recursive: false, uidMappings: [], gidMappings: [] });
  t.same(plan(["idmap=uids=0-1-10#10-20-5;gids=@7-3-2"], {}, mapped).plan, {
    recursive: false,
    uidMappings: [
      { containerID: 0, hostID: 1, size: 10 },
      { containerID: 10, hostID: 20, size: 5 },
    ],
    gidMappings: [{ containerID: 7, hostID: 1003, size: 2 }],
  });
});

t.test("mappings that are missing or wrong", async (t) => {
  const cases: [string[], Partial<Mount>, IdMapContext, string[]][] = [
    [["idmap"], {}, bare, ['mounts[0].options: has "idmap", and neither the mount nor the container has mappings']],
    [[], { uidMappings: one }, bare, ["mounts[0].uidMappings: is given without gidMappings, and both are needed"]],
    [[], { gidMappings: one }, bare, ["mounts[0].gidMappings: is given without uidMappings, and both are needed"]],
    [
      ["idmap=uids=0-1"],
      {},
      bare,
      [
        'mounts[0].options: has the id mapping "0-1", and must be three numbers like "0-1000-10"',
        'mounts[0].options: has "idmap=uids=0-1", and both uids and gids are needed',
      ],
    ],
    [["idmap=users"], {}, bare, ['mounts[0].options: has "idmap=users", and must be like "idmap=uids=0-1000-10;gids=0-1000-10"']],
    [
      ["idmap=uids=@0-99-1;gids=0-0-1"],
      {},
      mapped,
      ['mounts[0].options: has the id mapping "@0-99-1", and the container\'s mappings do not cover 99'],
    ],
  ];
  for (const [options, mount, context, refused] of cases) t.same(plan(options, mount, context).refused, refused, options.join());
});
