// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import { dumpArguments, restoreArguments } from "./arguments.ts";

const common = {
  imagePath: "/i",
  workPath: "/w",
  tcpEstablished: false,
  extUnixSk: false,
  shellJob: false,
  fileLocks: false,
  autoDedup: false,
  lazyPages: false,
  cgroupsMode: undefined,
  emptyNetwork: false,
  networkLock: undefined,
  configFile: undefined,
};
const dump = {
  ...common,
  leaveRunning: false,
  preDump: false,
  parentPath: undefined,
  linkRemap: false,
  tcpSkipInFlight: false,
  statusFd: undefined,
  pageServer: undefined,
};
const subject = {
  pid: 42,
  rootfs: "/r",
  freezer: "/sys/fs/cgroup/x",
  saved: { mounts: ["/data"], namespaces: [{ kind: "net" as const, inode: "7" }], terminal: undefined },
};
const line = (args: readonly string[]): string => ` ${args.join(" ")} `;

t.test("dumpArguments()", async (t) => {
  const plain = line(dumpArguments(subject, dump));
  t.match(plain, / dump --tree 42 --root \/r --images-dir \/i --work-dir \/w /);
  for (const part of ["--manage-cgroups=soft", "--freeze-cgroup /sys/fs/cgroup/x", "--external mnt[/data]:/data"]) {
    t.ok(plain.includes(` ${part} `), part);
  }
  t.ok(plain.includes(" --external net[7]:extRootNetNS "));
  t.notMatch(plain, /--leave-running|--track-mem|--page-server/);
  const pre = line(dumpArguments(subject, { ...dump, preDump: true, leaveRunning: true, parentPath: "../one" }));
  t.match(pre, /^ pre-dump .* --track-mem --prev-images-dir \.\.\/one /);
  t.notMatch(pre, /--leave-running/);
  const pageServer = { address: "::1", port: "27" };
  t.match(line(dumpArguments(subject, { ...dump, pageServer })), / --page-server --address ::1 --port 27 /);
  t.notMatch(line(dumpArguments(subject, { ...dump, pageServer, lazyPages: true })), /--page-server/);
});

t.test("restoreArguments()", async (t) => {
  const args = restoreArguments(
    {
      root: "/r",
      pidFile: "/s/criu.pid",
      mounts: [{ destination: "/data", source: "/mnt" }],
      inherit: [{ fd: 1, key: "pipe:[9]" }],
      stopped: true,
    },
    { ...common, tcpClose: true, lsmProfile: "apparmor:x", lsmMountContext: undefined, cgroupsMode: "full" },
  );
  t.match(line(args), /^ restore --restore-detached --restore-sibling --pidfile \/s\/criu\.pid --root \/r /);
  for (const part of ["--manage-cgroups=full", "--leave-stopped", "--tcp-close", "--lsm-profile apparmor:x"]) {
    t.ok(line(args).includes(` ${part} `), part);
  }
  t.match(line(args), / --external mnt\[\/data\]:\/mnt --inherit-fd fd\[1\]:pipe:\[9\] $/);
});
