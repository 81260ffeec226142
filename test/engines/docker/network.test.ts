// SPDX-License-Identifier: Apache-2.0
// @lanes engines @timeout 300
/** Docker's networks: none, host, bridge, of another container, of the user's own, published ports. */
import assert from "node:assert/strict";
import { namespaceOf } from "../../lib/kernel.ts";
import { run, waitUntil } from "../../lib/run.ts";
import { compare } from "../lib/compare.ts";
import type { Case } from "../lib/compare.ts";
import { DOCKER_NEEDS, Docker, dockerName } from "../lib/docker.ts";

/** Answers each connection to port 80 with "pong". */
const SERVER = "while :; do echo pong | nc -l -p 80; done";
const INTERFACES = "ls /sys/class/net | xargs";

/** Whether a connection from here to the port is answered. */
function answers(host: string, port: string): boolean {
  return waitUntil(() => run(["/bin/busybox", "nc", "-w", "1", host, port]).stdout === "pong\n", 5);
}

const cases: Case<Docker>[] = [
  {
    name: "--network none: nothing but a loopback, which is up",
    run: (docker) => {
      assert.equal(docker.sh(`${INTERFACES}; ping -c 1 127.0.0.1 >/dev/null && echo up`, "--network", "none"), "lo\nup");
    },
  },
  {
    name: "--network host: the daemon's own",
    run: (docker) => {
      const pid = docker.pid(docker.start("sleep 100", "--network", "host"));
      assert.equal(namespaceOf(pid, "net"), namespaceOf("self", "net"));
    },
  },
  {
    name: "the bridge: an address, a gateway, and the other containers on it",
    run: (docker) => {
      const id = docker.start(SERVER);
      const address = docker.inspect(id, "{{.NetworkSettings.IPAddress}}");
      assert.match(docker.ok("exec", id, "ip", "-4", "address", "show", "eth0"), new RegExp(`inet ${address}/16`));
      const script = `${INTERFACES}; ip route | grep -c default; until nc -w 1 ${address} 80 | grep pong; do sleep 0.1; done`;
      assert.equal(docker.sh(script), "eth0 lo\n1\npong");
    },
  },
  {
    name: "--network container:ID",
    run: (docker) => {
      const id = docker.start(SERVER);
      assert.equal(docker.sh("until nc -w 1 127.0.0.1 80; do sleep 0.1; done", "--network", `container:${id}`), "pong");
    },
  },
  {
    name: "--publish: from the host, on a port of its choice and on a given one",
    run: (docker) => {
      const id = docker.start(SERVER, "--publish", "127.0.0.1::80", "--publish", "18080:80");
      const [, chosen = ""] = /127\.0\.0\.1:(\d+)/.exec(docker.ok("port", id, "80")) ?? [];
      assert.ok(answers("127.0.0.1", chosen), "chosen");
      assert.ok(answers("127.0.0.1", "18080"), "given");
      docker.ok("restart", "--time", "0", id);
      assert.ok(answers("127.0.0.1", "18080"), "after a restart");
    },
  },
  {
    name: "a network of one's own: names, and a second network while it runs",
    run: (docker) => {
      docker.ok("network", "create", "--subnet", "10.77.0.0/24", "own");
      docker.ok("network", "create", "--subnet", "10.78.0.0/24", "late");
      try {
        const id = docker.start(SERVER, "--network", "own", "--name", "server", "--ip", "10.77.0.77", "--network-alias", "also");
        const script = "for name in server also 10.77.0.77; do until nc -w 1 $name 80; do sleep 0.1; done; done";
        assert.equal(docker.sh(script, "--network", "own"), "pong\npong\npong");
        docker.ok("network", "connect", "late", id);
        assert.match(docker.ok("exec", id, "ip", "-4", "address", "show", "eth1"), /inet 10\.78\./);
        docker.ok("network", "disconnect", "late", id);
        assert.equal(docker.ok("exec", id, "sh", "-c", INTERFACES), "eth0 lo");
      } finally {
        docker.reset();
        docker.ok("network", "rm", "own", "late");
      }
    },
  },
  {
    name: "--mac-address, --sysctl net.*",
    run: (docker) => {
      const flags = ["--mac-address", "02:42:0a:00:00:05", "--sysctl", "net.ipv4.ip_unprivileged_port_start=1000"];
      const script = "cat /sys/class/net/eth0/address; sysctl -n net.ipv4.ip_unprivileged_port_start";
      assert.equal(docker.sh(script, ...flags), "02:42:0a:00:00:05\n1000");
    },
  },
];

await compare({ engine: dockerName(), needs: DOCKER_NEEDS, open: (runtime) => Docker.withDefault(runtime), cases });
