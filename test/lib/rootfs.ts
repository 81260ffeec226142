// SPDX-License-Identifier: Apache-2.0
/** A root file system of one static busybox. */
import { chmodSync, copyFileSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { agent } from "./lane.ts";

const APPLETS = (
  "[ awk base64 cat chgrp chmod chown cp cut date dd df dirname dmesg echo env false find fold free getopt grep head hostname id " +
  "ifconfig ionice ip ipcs kill ln ls md5sum mkdir mkfifo mknod mount mountpoint mv nice nproc nsenter od pidof ping printenv ps pwd " +
  "readlink realpath renice rm rmdir route sed seq sh sha256sum sleep sort stat stty sync sysctl tail tee test time timeout top touch tr " +
  "true tty umount uname uniq unshare usleep vi watch wc which whoami xargs yes chrt setpriv taskset nc mesg"
).split(" ");

const DIRECTORIES = ["bin", "dev", "etc", "home/user", "proc", "root", "run", "sys", "tmp", "usr/bin", "var/log"];

/** Fills `directory` with a small system. Everything in it belongs to the test, which may spoil it. */
export function makeRootfs(directory: string): void {
  for (const name of DIRECTORIES) mkdirSync(join(directory, name), { recursive: true });
  chmodSync(join(directory, "tmp"), 0o1777);
  copyFileSync("/bin/busybox", join(directory, "bin/busybox"));
  chmodSync(join(directory, "bin/busybox"), 0o755);
  for (const applet of APPLETS) symlinkSync("busybox", join(directory, "bin", applet));
  copyFileSync(agent, join(directory, "bin/agent"));
  writeFileSync(join(directory, "etc/passwd"), "root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000::/home/user:/bin/sh\n");
  writeFileSync(join(directory, "etc/group"), "root:x:0:\ntty:x:5:\nuser:x:1000:\nextra:x:2000:user\n");
}
