// SPDX-License-Identifier: Apache-2.0
// @lanes vm vmv1 @timeout 60
/** Limits of huge pages in force: what the kernel says to a program that wants more of them. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import type { Test } from "tap";
import { container, must } from "../lib/container.ts";
import type { Container } from "../lib/container.ts";
import { cgroupDirectory, mountOn } from "../lib/kernel.ts";
import { cgroupV2, controllers, isRunt, unless, unlessFile } from "../lib/lane.ts";
import { waitUntil } from "../lib/run.ts";

const PAGES = "/sys/kernel/mm/hugepages/hugepages-2048kB";
const few = (): boolean => Number(readFileSync(`${PAGES}/nr_hugepages`, "utf8")) < 16;
const skip =
  unless(controllers().includes("hugetlb"), "no controller hugetlb here") ||
  unlessFile(PAGES, "no huge pages of 2 MB here") ||
  unless(!few(), "no huge pages are set aside on this machine");
const MIB = 1 << 20;

function limited(t: Test, limit: number, ...args: string[]): Container {
  return container(t, (config) => {
    config.linux.resources["hugepageLimits"] = [{ pageSize: "2MB", limit }];
    config.process.args = ["agent", "huge-pages", ...args];
  });
}

/** Starts it with its output in a file that the container writes to. */
function startWriting(c: Container): string {
  c.config.process.args = ["sh", "-c", `exec ${c.config.process.args.join(" ")} > /out 2>&1`];
  must(c.create());
  must(c.start());
  return join(c.rootfs, "out");
}

function value(c: Container, v2: string, v1: string): string {
  const directory = cgroupDirectory(c.state().pid, "hugetlb") ?? "/nowhere";
  return readFileSync(join(directory, cgroupV2 ? v2 : v1), "utf8").trim();
}

t.test("as many as the limit says", { skip }, (t) => {
  const c = limited(t, 4 * MIB, "4");
  const out = startWriting(c);
  t.ok(waitUntil(() => existsSync(out) && readFileSync(out, "utf8") === "mapped\nwritten 2\nwritten 4\n", 15));
  t.equal(value(c, "hugetlb.2MB.current", "hugetlb.2MB.usage_in_bytes"), String(4 * MIB));
  t.equal(value(c, "hugetlb.2MB.rsvd.current", "hugetlb.2MB.rsvd.usage_in_bytes"), String(4 * MIB));
  if (isRunt) {
    const { data } = JSON.parse(must(c.command(["events", "--stats", c.id])).stdout);
    t.equal(data.hugetlb["2MB"].usage, 4 * MIB);
    t.equal(data.hugetlb["2MB"].failcnt, 0);
    if (!cgroupV2) t.equal(data.hugetlb["2MB"].max, 4 * MIB, "the most there was");
  }
  t.end();
});

t.test("more, to be reserved: mmap(2) fails", { skip: skip || unless(isRunt, "some do not limit reservations") }, (t) => {
  const result = limited(t, 4 * MIB, "6").run();
  t.equal(result.code, 1);
  t.match(result.stderr, /mmap: Cannot allocate memory/);
  t.equal(result.stdout, "", "nothing was mapped");
  t.end();
});

t.test("more, not reserved: SIGBUS at the page beyond the limit", { skip }, (t) => {
  const result = limited(t, 4 * MIB, "6", "unreserved").run();
  t.equal(result.stdout, "mapped\nwritten 2\nwritten 4\n");
  t.equal(result.code, 128 + 7);
  t.end();
});

t.test("a limit of 0 is a limit", { skip }, (t) => {
  const result = limited(t, 0, "2", "unreserved").run();
  t.equal(result.stdout, "mapped\n");
  t.equal(result.code, 128 + 7);
  t.end();
});

t.test("events counts the failures", { skip: skip || unless(isRunt, "of runt") }, (t) => {
  const c = limited(t, 2 * MIB);
  c.startSleeping();
  const failures = (): number => JSON.parse(must(c.command(["events", "--stats", c.id])).stdout).data.hugetlb["2MB"].failcnt;
  t.equal(failures(), 0);
  t.equal(c.exec(["agent", "huge-pages", "4"]).code, 1, "reserved");
  const first = failures();
  t.ok(first > 0, String(first));
  t.equal(c.exec(["agent", "huge-pages", "4", "unreserved"]).code, 128 + 7);
  t.ok(failures() > first, String(failures()));
  t.end();
});

t.test("a page size that the machine has not is an error", { skip: skip || unless(isRunt, "wording of runt") }, (t) => {
  const c = container(t, (config) => (config.linux.resources["hugepageLimits"] = [{ pageSize: "3MB", limit: 0 }]));
  const result = c.create();
  t.equal(result.code, 1);
  t.match(result.stderr, /hugepageLimits\[0\].*hugetlb\.3MB/);
  t.end();
});

t.test("hugetlbfs of a size, as a mount", { skip }, (t) => {
  const options = ["nosuid", "nodev", "pagesize=2M", "size=4M"];
  const c = container(t, (config) =>
    config.mounts.push({ destination: "/huge", type: "hugetlbfs", source: "hugetlbfs", options }),
  );
  const mount = mountOn(c.startSleeping(), "/huge") ?? t.fail("no mount");
  t.match(mount, { type: "hugetlbfs", superOptions: ["rw", "pagesize=2M", /^size=/] });
  t.equal(must(c.exec(["stat", "-f", "-c", "%S %b", "/huge"])).stdout, `${2 * MIB} 2\n`);
  t.end();
});
