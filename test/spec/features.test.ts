// SPDX-License-Identifier: Apache-2.0
// @lanes host
/** features.md and features-linux.md: what `features` lists, `create` knows. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { mapUsers, setNamespace } from "../lib/config.ts";
import type { TestMount } from "../lib/config.ts";
import { container, must } from "../lib/container.ts";
import type { Container } from "../lib/container.ts";
import { capabilityNumbers, mountOn, namespaceOf, statusField } from "../lib/kernel.ts";
import { isRunt, runtime, unless } from "../lib/lane.ts";
import { run } from "../lib/run.ts";

const skip = unless(isRunt, "the reference is older");
const text = isRunt ? must(run([runtime, "features"])).stdout : "{}";
const features = JSON.parse(text);

t.test("ociVersionMin and ociVersionMax are there, in this order, and accepted", { skip }, (t) => {
  const numbers = (version: string): number[] => version.split(/[.+-]/).slice(0, 3).map(Number);
  const [min, max] = [numbers(features.ociVersionMin), numbers(features.ociVersionMax)];
  t.ok(min.every(Number.isInteger) && max.every(Number.isInteger));
  const first = min.findIndex((number, index) => number !== max[index]);
  t.ok(first < 0 || (min[first] ?? 0) < (max[first] ?? 0), `${features.ociVersionMin} is not above ${features.ociVersionMax}`);
  for (const version of [features.ociVersionMin, features.ociVersionMax]) {
    const c = container(t, (config) => (config.ociVersion = version));
    t.equal(c.run().code, 0, version);
  }
  t.end();
});

/** Every property that version 1.3 of the spec defines; "*" stands for names of somebody's choice. */
const DEFINED = {
  ociVersionMin: "",
  ociVersionMax: "",
  hooks: "",
  mountOptions: "",
  annotations: "*",
  potentiallyUnsafeConfigAnnotations: "",
  linux: {
    namespaces: "",
    capabilities: "",
    cgroup: { v1: "", v2: "", systemd: "", systemdUser: "", rdma: "" },
    seccomp: { enabled: "", actions: "", operators: "", archs: "", knownFlags: "", supportedFlags: "" },
    apparmor: { enabled: "" },
    selinux: { enabled: "" },
    memoryPolicy: { modes: "", flags: "" },
    intelRdt: { enabled: "", schemata: "", monitoring: "" },
    mountExtensions: { idmap: { enabled: "" } },
    netDevices: { enabled: "" },
  },
};

/** Paths of what is in `value` and not in `defined`. */
function undefinedIn(value: unknown, defined: unknown, path = ""): string[] {
  if (defined === "*" || typeof value !== "object" || value === null || Array.isArray(value)) return [];
  return Object.entries(value).flatMap(([name, member]) => {
    const at = path === "" ? name : `${path}.${name}`;
    if (typeof defined !== "object" || defined === null || !Object.hasOwn(defined, name)) return [at];
    return undefinedIn(member, Reflect.get(defined, name), at);
  });
}

t.test("there is no property that the spec does not define", { skip }, (t) => {
  t.strictSame(undefinedIn(features, DEFINED), []);
  t.end();
});

/** Paths of what is null or empty in `value`. */
function emptyIn(value: unknown, path = ""): string[] {
  if (typeof value === "boolean" || typeof value === "number") return [];
  if (typeof value === "string") return value === "" ? [path] : [];
  const members = Object.entries(value ?? {});
  return members.length === 0 ? [path] : members.flatMap(([name, member]) => emptyIn(member, `${path}.${name}`));
}

t.test("no property is null or empty: what there is nothing to say of is not there", { skip }, (t) => {
  t.strictSame(emptyIn(features), []);
  t.strictSame(emptyIn({ a: [null, "x", true, 0], b: {} }), [".a.0", ".b"], "which this test would see");
  t.end();
});

t.test("the features are those of the program, wherever it runs", { skip }, (t) => {
  const bare = run(["unshare", "-m", "sh", "-c", 'mount -t tmpfs t /proc; mount -t tmpfs t /sys; exec "$0" features', runtime]);
  t.equal(bare.stdout, text, "without /proc and /sys");
  const nobody = run(["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", runtime, "features"], { env: {} });
  t.equal(nobody.stdout, text, "as a user without rights");
  t.end();
});

t.test("annotations map names to strings", { skip }, (t) => {
  for (const [name, value] of Object.entries(features.annotations)) {
    t.not(name, "");
    t.equal(typeof value, "string", name);
  }
  t.end();
});

t.test("each hook that is listed runs", { skip }, (t) => {
  const c = container(t);
  const kinds: string[] = features.hooks;
  c.config.mounts.push({ destination: c.directory, type: "bind", source: c.directory, options: ["bind"] });
  c.config.hooks = Object.fromEntries(
    kinds.map((kind) => [kind, [{ path: "/bin/sh", args: ["sh", "-c", `echo > ${c.directory}/${kind}`] }]]),
  );
  must(c.run());
  for (const kind of kinds) must(run(["test", "-e", join(c.directory, kind)]));
  t.ok(kinds.length >= 6, kinds.join(" "));
  t.end();
});

/** A mount on which `option` means something. */
function mountWith(option: string, source: string, destination: string): TestMount {
  const maps = [{ containerID: 0, hostID: 0, size: 1 }];
  const bound = /^(r?(shared|slave|private|unbindable)|r.+|bind|.*-nofollow|copy-symlink|idmap)$/.test(option);
  const mapped = /^r?idmap$/.test(option);
  if (!bound || ["ro", "rw", "relatime"].includes(option))
    return { destination, type: "tmpfs", source: "tmpfs", options: [option] };
  const options = ["rbind", option].filter((word, index, all) => all.indexOf(word) === index);
  return { destination, type: "bind", source, options, ...(mapped ? { uidMappings: maps, gidMappings: maps } : {}) };
}

t.test("each mount option that is listed is known, and is none of a file system's own", { skip }, (t) => {
  const c = container(t);
  const source = join(c.directory, "source");
  mkdirSync(source);
  const options: string[] = features.mountOptions;
  options.forEach((option, index) => {
    if (option === "remount") c.config.mounts.push({ destination: `/m${index}`, type: "tmpfs", source: "tmpfs" });
    const mount = mountWith(option, source, `/m${index}`);
    if (option === "remount") mount.options?.push("nosuid");
    c.config.mounts.push(mount);
  });
  const pid = c.startSleeping();
  options.forEach((option, index) => {
    const mount = mountOn(pid, `/m${index}`);
    t.ok(mount, option);
    t.notOk(
      mount?.type === "tmpfs" && !/^(sync|dirsync|lazytime|mand|ro|rw)$/.test(option) && mount.superOptions.includes(option),
      option,
    );
  });
  for (const option of ["mode", "size", "uid", "gid", "acl", "noacl", "nr_inodes", "hidepid", "newinstance", "ptmxmode"])
    t.notOk(options.includes(option), `${option} is not listed`);
  t.ok(options.length > 60);
  t.end();
});

t.test("each namespace that is listed can be made", { skip }, (t) => {
  const files: Record<string, string> = { mount: "mnt", network: "net" };
  const c = container(t, (config) => {
    for (const type of features.linux.namespaces) setNamespace(config, type);
    mapUsers(config, 100000);
  });
  must(run(["chown", "-Rh", "100000:100000", c.bundle]));
  must(run(["chown", "100000:100000", c.directory]));
  const pid = c.startSleeping();
  for (const type of features.linux.namespaces) {
    const file = files[type] ?? type;
    t.not(namespaceOf(pid, file), namespaceOf("self", file), type);
  }
  t.equal(features.linux.namespaces.length, 8);
  t.end();
});

t.test("each capability that is listed can be granted", { skip }, (t) => {
  const names: string[] = features.linux.capabilities;
  // A user namespace begins with all of them.
  const c = container(t, (config) => {
    mapUsers(config, 100000);
    config.process.capabilities = { bounding: names, permitted: names, effective: names };
  });
  must(run(["chown", "-Rh", "100000:100000", c.bundle]));
  must(run(["chown", "100000:100000", c.directory]));
  const pid = c.startSleeping();
  const known = Number(must(run(["cat", "/proc/sys/kernel/cap_last_cap"])).stdout) + 1;
  t.equal(capabilityNumbers(statusField(pid, "CapEff")).length, Math.min(known, names.length));
  t.equal(new Set(names).size, names.length);
  t.end();
});

/** Creates a container with this filter; the refusal, or an empty text. */
function refusal(c: Container, seccomp: object): string {
  c.config.linux.seccomp = seccomp;
  const result = c.create();
  c.delete("--force");
  return result.code === 0 ? "" : result.stderr;
}

t.test("each action, operator, architecture and flag of seccomp that is listed is known", { skip, timeout: 60_000 }, (t) => {
  const c = container(t);
  const listed = features.linux.seccomp;
  const rule = (action: string, args: object[] = []): object => ({ names: ["kexec_load"], action, args });
  const allow = { defaultAction: "SCMP_ACT_ALLOW", listenerPath: "/no/such/agent" };
  for (const action of listed.actions) {
    const said = refusal(c, { ...allow, syscalls: [rule(action)] });
    if (action === "SCMP_ACT_NOTIFY") t.match(said, /\/no\/such\/agent/, `${action}: all it lacks is somebody who listens`);
    else t.equal(said, "", action);
  }
  for (const op of listed.operators)
    t.equal(refusal(c, { ...allow, syscalls: [rule("SCMP_ACT_ERRNO", [{ index: 0, value: 1, valueTwo: 1, op }])] }), "", op);
  for (const arch of listed.archs)
    t.equal(refusal(c, { ...allow, architectures: [arch], syscalls: [rule("SCMP_ACT_ERRNO")] }), "", arch);
  for (const flag of new Set([...listed.knownFlags, ...listed.supportedFlags])) {
    const said = refusal(c, { ...allow, flags: [flag], syscalls: [rule("SCMP_ACT_ERRNO")] });
    if (flag === "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV")
      t.match(said, /no syscall has the action SCMP_ACT_NOTIFY/, `${flag} needs one`);
    else t.equal(said, "", flag);
  }
  t.end();
});

t.test("each memory policy that is listed is known", { skip }, (t) => {
  const { modes, flags } = features.linux.memoryPolicy;
  const c = container(t);
  const create = (memoryPolicy: object): string => {
    c.config.linux["memoryPolicy"] = memoryPolicy;
    const result = c.create();
    c.delete("--force");
    // A kernel without NUMA refuses what runt knows well.
    return result.code === 0 || /set_mempolicy.*ENOSYS/.test(result.stderr) ? "" : result.stderr;
  };
  const without = ["MPOL_DEFAULT", "MPOL_LOCAL"];
  for (const mode of modes) t.equal(create({ mode, ...(without.includes(mode) ? {} : { nodes: "0" }) }), "", mode);
  for (const flag of flags) t.equal(create({ mode: "MPOL_BIND", nodes: "0", flags: [flag] }), "", flag);
  t.equal(modes.length, 7);
  t.equal(flags.length, 3);
  t.end();
});

t.test("mounts with id mappings are known, and so it is said", { skip }, (t) => {
  t.equal(features.linux.mountExtensions.idmap.enabled, true);
  t.end();
});
