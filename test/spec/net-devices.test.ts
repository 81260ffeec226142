// SPDX-License-Identifier: Apache-2.0
// @lanes host
/** config-linux.md, "Network Devices". */
import t from "tap";
import { setNamespace } from "../lib/config.ts";
import { container, must } from "../lib/container.ts";
import type { Container } from "../lib/container.ts";
import { isRunt, unless } from "../lib/lane.ts";
import { addDevice, canAddDevices } from "../lib/network.ts";
import { Background, run, waitUntil } from "../lib/run.ts";
import { namespaceOf } from "../lib/kernel.ts";

const skip = unless(isRunt && canAddDevices(), isRunt ? "no network device can be made here" : "the reference is older");

/** What ip(8) of the host says in the network namespace of `pid`. */
function ipIn(pid: number, ...args: string[]): string {
  return must(run(["nsenter", "-t", String(pid), "-n", "ip", ...args])).stdout;
}

function withDevices(c: Container, devices: Record<string, { name?: string }>): Container {
  c.config.linux["netDevices"] = devices;
  return c;
}

/** A process that holds a network namespace in which there is a device `name`. */
function holder(t: Parameters<typeof container>[0], name: string): number {
  const held = new Background(["unshare", "-n", "sleep", "100"]);
  t.teardown(() => held.dispose());
  if (!waitUntil(() => namespaceOf(held.pid, "net") !== namespaceOf("self", "net")))
    throw new Error("unshare(1) does not work here");
  addDevice(name);
  must(run(["ip", "link", "set", name, "netns", String(held.pid)]));
  return held.pid;
}

t.test("a device is in the container with all that it had, and up", { skip }, (t) => {
  addDevice("rs0");
  must(run(["ip", "addr", "add", "192.0.2.9/28", "dev", "rs0", "label", "rs0:x"]));
  must(run(["ip", "-6", "addr", "add", "2001:db8::7/64", "dev", "rs0", "nodad"]));
  must(run(["ip", "addr", "add", "10.98.0.1/24", "dev", "rs0", "scope", "link"]));
  must(run(["ip", "link", "set", "rs0", "address", "02:00:00:00:00:77", "txqueuelen", "123", "alias", "its alias"]));
  const c = withDevices(container(t), { rs0: { name: "in0" } });
  const pid = c.startSleeping();
  const shown = ipIn(pid, "-d", "addr", "show", "dev", "in0");
  t.match(shown, /[<,]UP[,>]/, "up");
  for (const address of ["10.99.7.1/24", "192.0.2.9/28", "2001:db8::7/64"]) {
    t.match(shown, new RegExp(`inet6? ${address.replaceAll(".", "\\.")} .*scope global`), address);
  }
  t.match(shown, /mtu 1400/, "MTU");
  t.match(shown, /02:00:00:00:00:77/, "hardware address");
  t.match(shown, /qlen 123/, "queue length");
  t.match(shown, /alias its alias/, "alias");
  t.not(run(["ip", "link", "show", "rs0"]).code, 0, "it is gone from outside");
  t.end();
});

t.test("a device that was down is up in the container", { skip }, (t) => {
  addDevice("rs1");
  must(run(["ip", "link", "set", "rs1", "down"]));
  const c = withDevices(container(t), { rs1: {} });
  const shown = ipIn(c.startSleeping(), "addr", "show", "dev", "rs1");
  t.match(shown, /[<,]UP[,>]/);
  t.match(shown, /10\.99\.7\.1\/24/, "with the address that it had");
  t.end();
});

t.test("a name that is taken in the container is an error, and the device stays where it is", { skip }, (t) => {
  addDevice("rs2");
  t.teardown(() => run(["ip", "link", "del", "rs2"]));
  const owner = holder(t, "taken0");
  for (const name of ["lo", "taken0"]) {
    const c = withDevices(container(t), { rs2: { name } });
    setNamespace(c.config, "network", `/proc/${owner}/ns/net`);
    c.config.mounts = c.config.mounts.filter(({ type }) => type !== "sysfs" && type !== "cgroup");
    const result = c.create();
    t.equal(result.code, 1, name);
    t.match(result.stderr, /rs2/);
    t.equal(c.status(), "none");
    t.match(must(run(["ip", "addr", "show", "dev", "rs2"])).stdout, /10\.99\.7\.1\/24/, `${name}: with its address`);
  }
  t.end();
});

t.test("a name with %d lets the kernel find one that is free", { skip }, (t) => {
  addDevice("rs3");
  const owner = holder(t, "tpl0");
  const c = withDevices(container(t), { rs3: { name: "tpl%d" } });
  setNamespace(c.config, "network", `/proc/${owner}/ns/net`);
  c.config.mounts = c.config.mounts.filter(({ type }) => type !== "sysfs" && type !== "cgroup");
  const shown = ipIn(c.startSleeping(), "addr", "show", "dev", "tpl1");
  t.match(shown, /10\.99\.7\.1\/24/);
  t.match(shown, /[<,]UP[,>]/);
  t.end();
});

t.test("what the container does to a device is left alone, and delete does not move it out", { skip }, (t) => {
  addDevice("rs4");
  const owner = holder(t, "other0");
  const c = withDevices(container(t), { rs4: { name: "in4" } });
  setNamespace(c.config, "network", `/proc/${owner}/ns/net`);
  c.config.mounts = c.config.mounts.filter(({ type }) => type !== "sysfs" && type !== "cgroup");
  c.startSleeping();
  ipIn(owner, "link", "set", "in4", "down");
  ipIn(owner, "addr", "flush", "dev", "in4");
  must(c.exec(["true"]));
  must(c.kill("KILL"));
  t.ok(waitUntil(() => c.status() === "stopped"));
  must(c.delete());
  const shown = ipIn(owner, "addr", "show", "dev", "in4");
  t.notMatch(shown, /[<,]UP[,>]/, "it is down, as it was left");
  t.notMatch(shown, /inet /);
  t.not(run(["ip", "link", "show", "rs4"]).code, 0, "and it has not come back");
  t.end();
});

t.test("a create that fails gives the devices back as they were", { skip }, (t) => {
  addDevice("rs5");
  addDevice("rs6");
  for (const name of ["rs5", "rs6"]) t.teardown(() => run(["ip", "link", "del", name]));
  must(run(["ip", "link", "set", "rs6", "down"]));
  const device = (name: string): string =>
    must(run(["ip", "addr", "show", "dev", name])).stdout.replace(/state \S+|M-DOWN|LOWER_UP/g, "");
  const late = withDevices(container(t), { rs5: { name: "in5" }, rs6: {} });
  late.config.process.args = ["/no/such/program"];
  t.equal(late.create().code, 1, "it fails after the move");
  t.match(device("rs5"), /10\.99\.7\.1\/24/);
  t.match(device("rs5"), /[<,]UP[,>]/);
  t.match(device("rs6"), /10\.99\.7\.1\/24/);
  t.notMatch(device("rs6"), /[<,]UP[,>]/, "this one was down");
  const half = withDevices(container(t), { rs5: { name: "in5" }, nosuchdev: {} });
  t.equal(half.create().code, 1, "it fails in the middle of the move");
  t.match(device("rs5"), /10\.99\.7\.1\/24/);
  t.end();
});

t.test("a device that cannot leave its namespace is an error", { skip }, (t) => {
  const c = withDevices(container(t), { lo: { name: "loop7" } });
  const result = c.create();
  t.equal(result.code, 1);
  t.match(result.stderr, /lo\b/);
  t.equal(c.status(), "none");
  t.match(must(run(["ip", "link", "show", "lo"])).stdout, /LOOPBACK/, "it is where it was");
  t.end();
});

t.test("a container that shares the host's network takes no devices from it", { skip }, (t) => {
  addDevice("rs7");
  t.teardown(() => run(["ip", "link", "del", "rs7"]));
  for (const path of [null, "/proc/self/ns/net"]) {
    const c = withDevices(container(t), { rs7: { name: "in7" } });
    setNamespace(c.config, "network", path);
    c.config.mounts = c.config.mounts.filter(({ type }) => type !== "sysfs" && type !== "cgroup");
    const result = c.create();
    t.equal(result.code, 1);
    t.match(result.stderr, /netDevices/);
    t.equal(c.status(), "none");
    t.equal(run(["ip", "link", "show", "rs7"]).code, 0, "it keeps its name");
  }
  t.end();
});

t.test("a device that is not there is an error", { skip }, (t) => {
  const c = withDevices(container(t), { nosuchdev: {} });
  const result = c.create();
  t.equal(result.code, 1);
  t.match(result.stderr, /nosuchdev/);
  t.equal(c.status(), "none");
  t.end();
});
