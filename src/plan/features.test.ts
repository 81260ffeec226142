// SPDX-License-Identifier: Apache-2.0
import t from "tap";
import { describeFeatures, type FeatureTables } from "./features.ts";

const tables: FeatureTables = {
  version: "0.1.0",
  commit: "abc",
  capabilities: ["CAP_CHOWN"],
  cgroup: { v1: true, v2: true, systemd: true, systemdUser: true, rdma: true },
  seccomp: { enabled: true, actions: ["SCMP_ACT_ALLOW"] },
  libseccompVersion: "2.5.4",
  checkpoint: true,
};

t.test("what engines look for is there", async (t) => {
  const features = describeFeatures(tables);
  t.ok(features.mountOptions?.includes("rro"), "containerd and CRI-O: recursive read-only mounts");
  t.ok(features.linux?.namespaces?.includes("user"), "containerd and CRI-O: user namespaces");
  t.equal(features.linux?.mountExtensions?.idmap?.enabled, true);
  t.same(features.linux?.namespaces, ["cgroup", "ipc", "mount", "network", "pid", "time", "user", "uts"]);
  t.same(features.hooks, ["prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"]);
  t.equal(features.linux?.memoryPolicy?.modes?.[0], "MPOL_DEFAULT");
  t.same(features.linux?.seccomp, tables.seccomp);
});

t.test("annotations", async (t) => {
  t.same(describeFeatures(tables).annotations, {
    "io.github.seccomp.libseccomp.version": "2.5.4",
    "org.opencontainers.runc.checkpoint.enabled": "true",
    "runt.commit": "abc",
    "runt.version": "0.1.0",
  });
  const bare = describeFeatures({ ...tables, commit: undefined, checkpoint: false });
  t.notOk("runt.commit" in (bare.annotations ?? {}));
  const unsafe = bare.potentiallyUnsafeConfigAnnotations ?? [];
  for (const name of ["org.systemd.property.", "run.oci.hooks.stdout", "run.oci.seccomp_bpf_data"])
    t.ok(unsafe.includes(name), name);
  t.notOk(unsafe.includes("org.criu.config"), "without checkpoints");
  t.ok(describeFeatures(tables).potentiallyUnsafeConfigAnnotations?.includes("org.criu.config"));
});
