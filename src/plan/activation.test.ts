// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import { readListenFds, withActivation } from "./activation.ts";
import { smallConfig } from "./testing.ts";

const none = { listenFds: 0, listenNames: undefined };

t.test("readListenFds() takes what is meant for this process alone", async (t) => {
  const read = (entries: Record<string, string>): unknown => readListenFds(new Map(Object.entries(entries)), 42);
  t.same(read({ LISTEN_FDS: "2", LISTEN_PID: "42", LISTEN_FDNAMES: "a:b" }), { listenFds: 2, listenNames: "a:b" });
  t.same(read({ LISTEN_FDS: "2", LISTEN_PID: "41" }), none);
  t.same(read({ LISTEN_FDS: "2" }), none);
  t.same(read({ LISTEN_FDS: "-2", LISTEN_PID: "42" }), none);
  t.same(read({}), none);
});

t.test("withActivation() adds to the environment and the mounts, and leaves others alone", async (t) => {
  const config = smallConfig();
  t.equal(withActivation(config, { ...none, notifyDirectory: undefined }), config);
  const sockets = withActivation(config, { listenFds: 2, listenNames: "a:b", notifyDirectory: undefined });
  t.same(sockets.process?.env?.slice(-3), ["LISTEN_FDS=2", "LISTEN_PID=1", "LISTEN_FDNAMES=a:b"]);
  t.same(sockets.mounts ?? [], config.mounts ?? []);
  const notify = withActivation(config, { ...none, notifyDirectory: "/run/x/notify" });
  t.equal(notify.process?.env?.at(-1), "NOTIFY_SOCKET=/run/notify/notify.sock");
  t.match(notify.mounts?.at(-1), { destination: "/run/notify", source: "/run/x/notify", type: "bind" });
});
