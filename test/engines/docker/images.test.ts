// SPDX-License-Identifier: Apache-2.0
// @lanes engines @timeout 300
/** Docker builds images with the runtime, and takes them to a registry and back. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findProgram, temporary } from "../../lib/lane.ts";
import type { Result } from "../../lib/run.ts";
import { compare } from "../lib/compare.ts";
import type { Case, Runtime } from "../lib/compare.ts";
import { Daemon } from "../lib/daemon.ts";
import { DOCKER_NEEDS, Docker, dockerName } from "../lib/docker.ts";
import { IMAGE } from "../lib/image.ts";

const REGISTRY = "127.0.0.1:5000";

/** What BuildKit runs by the name of runc, whatever the daemon's default runtime is. */
function openWithBuildKit(runtime: Runtime): Docker {
  const directory = mkdtempSync(join(temporary, "path-"));
  symlinkSync(runtime.path, join(directory, "runc"));
  return Docker.withDefault(runtime, [], { PATH: `${directory}:${process.env["PATH"] ?? ""}` });
}

function build(
  docker: Docker,
  name: string,
  lines: readonly string[],
  options: { flags?: string[]; kit?: boolean } = {},
): Result {
  const context = join(docker.directory, name);
  mkdirSync(context, { recursive: true });
  writeFileSync(join(context, "Dockerfile"), lines.join("\n"));
  writeFileSync(join(context, "file"), "from the context\n");
  const env = { ...docker.env, DOCKER_BUILDKIT: options.kit === true ? "1" : "0" };
  return docker.command(["build", "--tag", `localhost/${name}`, ...(options.flags ?? []), context], { env });
}

/** A registry on the loopback, with its images below the daemon's directory. */
function startRegistry(docker: Docker): Daemon {
  const config = join(docker.directory, "registry.yml");
  const storage = join(docker.directory, "registry");
  writeFileSync(config, `version: 0.1\nstorage: { filesystem: { rootdirectory: ${storage} } }\nhttp: { addr: "${REGISTRY}" }\n`);
  const log = join(docker.directory, "registry.log");
  return new Daemon([findProgram("docker-registry") ?? "docker-registry", "serve", config], {
    log,
    ready: () => readFileSync(log, "utf8").includes("listening on"),
  });
}

const cases: Case<Docker>[] = [
  {
    name: "build: RUN, COPY, ENV, WORKDIR, USER, ARG, SHELL",
    run: (docker) => {
      const lines = [
        `FROM ${IMAGE}`,
        "ARG given=none",
        "ENV A=1",
        "WORKDIR /srv",
        "COPY file copied",
        'RUN echo "$given $A $(id -u) $PWD" >made && chown 1000:1000 made',
        "USER user",
        "RUN id -un >/tmp/who",
        'SHELL ["/bin/sh", "-e", "-c"]',
        "RUN test -w made",
        'CMD ["sh", "-c", "cat copied made /tmp/who; exit 4"]',
      ];
      const built = build(docker, "built", lines, { flags: ["--build-arg", "given=argument"] });
      assert.equal(built.code, 0, built.stderr);
      const { code, stdout } = docker.command(["run", "--rm", "localhost/built"]);
      assert.deepEqual([code, stdout], [4, "from the context\nargument 1 0 /srv\nuser\n"]);
    },
  },
  {
    name: "build: several stages, limits, no network",
    run: (docker) => {
      const lines = [
        `FROM ${IMAGE} AS first`,
        "RUN ls /sys/class/net | xargs >/nets && cat /proc/self/limits | grep 'open files' >/limits",
        `FROM ${IMAGE}`,
        "COPY --from=first /nets /limits /",
        "CMD cat /nets /limits",
      ];
      const built = build(docker, "staged", lines, {
        flags: ["--network", "none", "--ulimit", "nofile=99:99", "--memory", "64m"],
      });
      assert.equal(built.code, 0, built.stderr);
      assert.match(docker.ok("run", "--rm", "localhost/staged"), /^lo\nMax open files +99 +99/);
    },
  },
  {
    name: "build: a step that fails is told with its exit code",
    run: (docker) => {
      const { code, stderr } = build(docker, "broken", [`FROM ${IMAGE}`, "RUN exit 7"]);
      assert.equal(code, 7);
      assert.match(stderr, /returned a non-zero code: 7/);
    },
  },
  {
    name: "build with BuildKit, which starts the runtime itself",
    run: (docker) => {
      const lines = [
        `FROM ${IMAGE}`,
        "RUN --mount=type=tmpfs,target=/scratch --mount=type=cache,target=/cache touch /scratch/a /cache/b && hostname >/name",
        "USER 1000",
        "RUN id -u >/tmp/id && grep CapEff /proc/self/status >>/tmp/id",
      ];
      const built = build(docker, "kit", lines, { kit: true });
      assert.equal(built.code, 0, built.stderr);
      assert.match(
        docker.ok("run", "--rm", "localhost/kit", "cat", "/name", "/tmp/id"),
        /^buildkitsandbox\n1000\n.*0000000000000000$/,
      );
      const broken = build(docker, "kit-broken", [`FROM ${IMAGE}`, "RUN exit 7"], { kit: true });
      assert.match(broken.stderr, /exit code: 7/);
    },
  },
  {
    name: "push to and pull from a registry",
    run: (docker) => {
      const registry = startRegistry(docker);
      try {
        const name = `${REGISTRY}/box:1`;
        assert.equal(build(docker, "pushed", [`FROM ${IMAGE}`, "RUN echo pushed >/pushed"]).code, 0);
        docker.ok("tag", "localhost/pushed", name);
        docker.ok("push", name);
        docker.ok("rmi", name, "localhost/pushed");
        docker.ok("pull", name);
        assert.equal(docker.ok("run", "--rm", name, "cat", "/pushed"), "pushed");
      } finally {
        registry.stop();
      }
    },
  },
  {
    name: "save and load",
    run: (docker) => {
      const archive = join(docker.directory, "saved.tar");
      assert.equal(build(docker, "saved", [`FROM ${IMAGE}`, "RUN echo saved >/saved"]).code, 0);
      docker.ok("save", "--output", archive, "localhost/saved");
      docker.ok("rmi", "localhost/saved");
      docker.ok("load", "--input", archive);
      assert.equal(docker.ok("run", "--rm", "localhost/saved", "cat", "/saved"), "saved");
    },
  },
];

await compare({
  engine: dockerName(),
  needs: DOCKER_NEEDS,
  open: openWithBuildKit,
  cases: cases.filter(({ name }) => findProgram("docker-registry") !== undefined || !name.includes("registry")),
});
