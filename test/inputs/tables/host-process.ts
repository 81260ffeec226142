// SPDX-License-Identifier: Apache-2.0
/** Values of process that only this kernel or this host can refuse. */
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { mapUsers } from "../../lib/config.ts";
import { mayRaiseLimits, unless } from "../../lib/lane.ts";
import { set } from "./changes.ts";
import type { Refusal } from "../../lib/refusal.ts";

export const rows: readonly Refusal[] = [
  {
    section: "process.user",
    what: "more groups than the kernel takes",
    change: set("process", { user: { uid: 0, gid: 0, additionalGids: Array.from({ length: 65537 }, (_, i) => i) } }),
    says: /process\.user\.additionalGids has 65537 entries, and the kernel takes 65536/,
  },
  {
    section: "process.cwd",
    what: "a file",
    change: set("process", { cwd: "/etc/passwd" }),
    says: /\/etc\/passwd.*not a directory/i,
    code: "init-failed",
  },
  {
    section: "process.cwd",
    what: "a name that is too long",
    change: set("process", { cwd: `/${"x".repeat(300)}` }),
    says: /name too long/i,
    code: "init-failed",
  },
  {
    section: "process.env",
    what: "a variable that is too long",
    change: set("process", { env: ["PATH=/bin", `LONG=${"x".repeat(140000)}`] }),
    says: /true.*argument list too long/i,
    code: "exec-failed",
    late: true,
  },
  {
    section: "process.args",
    what: "a program that is not there",
    change: set("process", { args: ["/no/such/program"] }),
    says: /\/no\/such\/program.*no such file/i,
    code: "exec-failed",
  },
  {
    section: "process.args",
    what: "a program that PATH does not have",
    change: set("process", { args: ["nosuch"] }),
    says: /nosuch.*not found in \$PATH/,
    code: "exec-failed",
  },
  {
    section: "process.args",
    what: "a file that may not be run",
    change: set("process", { args: ["/etc/passwd"] }),
    says: /\/etc\/passwd.*permission denied/i,
    code: "exec-failed",
  },
  {
    section: "process.args",
    what: "an argument that is too long",
    change: set("process", { args: ["true", "x".repeat(140000)] }),
    says: /true.*argument list too long/i,
    code: "exec-failed",
    late: true,
  },
  {
    section: "process.args",
    what: "an interpreter that is not there",
    change: (config, c) => {
      writeFileSync(join(c.rootfs, "bin/script"), "#!/no/such/interpreter\n", { mode: 0o755 });
      config.process.args = ["script"];
    },
    says: /\/bin\/script.*no such file/i,
    code: "exec-failed",
    hint: /interpreter/,
    late: true,
  },
  {
    section: "process.args",
    what: "bytes that are no program",
    change: (config, c) => {
      writeFileSync(join(c.rootfs, "bin/bytes"), "\u007fELF nothing\n", { mode: 0o755 });
      config.process.args = ["bytes"];
    },
    says: /\/bin\/bytes.*exec format error/i,
    code: "exec-failed",
    hint: /architecture/,
    late: true,
  },
  {
    section: "process.rlimits",
    what: "more files than the host has",
    change: set("process", { rlimits: [{ type: "RLIMIT_NOFILE", soft: 2 ** 40, hard: 2 ** 40 }] }),
    says: /RLIMIT_NOFILE/,
    code: "init-failed",
  },
  {
    section: "process.rlimits",
    what: "above what the caller has",
    change: set("process", { rlimits: [{ type: "RLIMIT_NPROC", soft: 2 ** 50, hard: 2 ** 50 }] }),
    says: /RLIMIT_NPROC/,
    code: "init-failed",
    hint: /CAP_SYS_RESOURCE/,
    skip: unless(!mayRaiseLimits, "this machine may raise limits"),
  },
  {
    section: "process.apparmorProfile",
    what: "without AppArmor",
    change: set("process", { apparmorProfile: "nosuch" }),
    says: /process\.apparmorProfile is "nosuch".*AppArmor/,
    skip: unless(!existsSync("/sys/kernel/security/apparmor"), "AppArmor is enabled here: test/lsm"),
  },
  {
    section: "process.selinuxLabel",
    what: "without SELinux",
    change: set("process", { selinuxLabel: "system_u:system_r:x_t:s0" }),
    says: /process\.selinuxLabel is "system_u:system_r:x_t:s0".*SELinux/,
    skip: unless(!existsSync("/sys/fs/selinux/enforce"), "SELinux is enabled here: test/lsm"),
  },
  {
    section: "process.scheduler",
    what: "more time than there is",
    change: set("process", {
      scheduler: { policy: "SCHED_DEADLINE", runtime: 10_000_000_000, deadline: 10_000_000_000, period: 10_000_000_000 },
    }),
    says: /SCHED_DEADLINE/,
    code: "init-failed",
    hint: /sched_deadline_period/,
  },
  {
    section: "process.scheduler",
    what: "a nice value that takes a right",
    change: (config) => (mapUsers(config, 100000), set("process", { scheduler: { policy: "SCHED_FIFO", priority: 99 } })(config)),
    says: /SCHED_FIFO/,
    code: "init-failed",
    hint: /CAP_SYS_NICE/,
  },
  {
    section: "process.ioPriority",
    what: "a class that takes a right",
    change: (config) => (
      mapUsers(config, 100000),
      set("process", { ioPriority: { class: "IOPRIO_CLASS_RT", priority: 0 } })(config)
    ),
    says: /IOPRIO_CLASS_RT/,
    code: "init-failed",
    hint: /CAP_SYS_NICE/,
  },
  {
    section: "process.consoleSize",
    what: "a terminal that nobody takes",
    change: set("process", { terminal: true, consoleSize: { height: 25, width: 80 } }),
    says: /console/,
    code: "console-invalid",
    hint: /--console-socket/,
  },
  {
    section: "process.consoleSize",
    what: "a socket that is not there",
    change: set("process", { terminal: true, consoleSize: { height: 25, width: 80 } }),
    says: /console socket.*\/no\/such\/socket/,
    code: "system-call-failed",
    hint: /must listen there/,
    flags: ["--console-socket", "/no/such/socket"],
  },
  {
    section: "process.oomScoreAdj",
    what: "below what the caller has",
    change: set("process", { oomScoreAdj: -1000 }),
    says: /oom_score_adj|oomScoreAdj/,
    code: "system-call-failed",
    hint: /CAP_SYS_RESOURCE/,
    skip: unless(!mayRaiseLimits, "this machine may lower it"),
  },
];
