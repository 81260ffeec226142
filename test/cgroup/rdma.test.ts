// SPDX-License-Identifier: Apache-2.0
// @lanes vm vmv1 @timeout 60
/** Limits of RDMA devices: in the kernel's file, and in force. */
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import type { Test } from "tap";
import { container, must } from "../lib/container.ts";
import type { Container } from "../lib/container.ts";
import { cgroupDirectory } from "../lib/kernel.ts";
import { controllers, isRunt, unless } from "../lib/lane.ts";
import { waitUntil } from "../lib/run.ts";

const CLASS = "/sys/class/infiniband";
const device = existsSync(CLASS) ? readdirSync(CLASS)[0] : undefined;
const VERBS = "/dev/infiniband/uverbs0";
const skip =
  unless(controllers().includes("rdma"), "no controller rdma here") ||
  unless(device !== undefined && existsSync(VERBS), "no RDMA device here") ||
  unless(isRunt, "crun has no limits of RDMA");
const name = device ?? "";

function lines(c: Container, file: string): string[] {
  return readFileSync(join(cgroupDirectory(c.state().pid, "rdma") ?? "/nowhere", file), "utf8")
    .trim()
    .split("\n");
}

function limited(t: Test, limits: object): Container {
  return container(t, (config) => (config.linux.resources["rdma"] = { [name]: limits }));
}

t.test("both limits, or one of them, in the kernel's file", { skip }, (t) => {
  const cases = [
    [{ hcaHandles: 3, hcaObjects: 2000 }, "hca_handle=3 hca_object=2000"],
    [{ hcaHandles: 3 }, "hca_handle=3 hca_object=max"],
    [{ hcaObjects: 2000 }, "hca_handle=max hca_object=2000"],
  ] as const;
  for (const [limits, line] of cases) {
    const c = limited(t, limits);
    c.startSleeping();
    t.strictSame(lines(c, "rdma.max"), [`${name} ${line}`]);
  }
  t.end();
});

t.test("a program gets as many handles as the limit says, and EAGAIN for the next", { skip }, (t) => {
  const c = limited(t, { hcaHandles: 2 });
  const { rdev } = statSync(VERBS);
  const [major, minor] = [Math.trunc(rdev / 256), rdev % 256];
  c.config.linux.devices = [{ path: VERBS, type: "c", major, minor, fileMode: 0o666 }];
  c.config.linux.resources.devices?.push({ allow: true, type: "c", major, minor, access: "rw" });
  c.config.process.args = ["sh", "-c", `agent rdma-contexts ${VERBS} 2 > /out 2>&1`];
  must(c.create());
  must(c.start());
  const output = (): string => (existsSync(join(c.rootfs, "out")) ? c.read("out") : "");
  t.ok(
    waitUntil(() => output() === "context\ncontext\n", 15),
    output(),
  );
  t.match(lines(c, "rdma.current")[0], new RegExp(`^${name} hca_handle=2 `));
  const more = c.exec(["agent", "rdma-contexts", VERBS, "1"]);
  t.equal(more.code, 1);
  t.match(more.stderr, /context: Resource temporarily unavailable/);
  t.end();
});

t.test("a device that is not there is an error", { skip }, (t) => {
  const c = container(t, (config) => (config.linux.resources["rdma"] = { nosuch_1: { hcaHandles: 1 } }));
  const result = c.create();
  t.equal(result.code, 1);
  t.match(result.stderr, /rdma\["nosuch_1"\].*rdma\.max/);
  t.end();
});
