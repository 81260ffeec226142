// SPDX-License-Identifier: Apache-2.0
/** The Container Runtime Interface of an engine, spoken as the kubelet does. */
import { Client, credentials, status } from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import type { MethodDefinition } from "@grpc/proto-loader";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Engine, Runtime } from "../lib/compare.ts";
import { IMAGE } from "../lib/image.ts";
import { Streams } from "./streams.ts";

const SECONDS = 30;

const definition = loadSync(join(dirname(fileURLToPath(import.meta.url)), "runtime.proto"), {
  keepCase: true,
  longs: Number,
  enums: String,
  defaults: true,
});

function methodOf(name: string): MethodDefinition<object, object> {
  const method = Object.entries(definition["runtime.v1.RuntimeService"] ?? {}).find(([key]) => key === name)?.[1];
  if (method === undefined) throw new Error(`runtime.proto has no "${name}"`);
  return method as MethodDefinition<object, object>;
}

/** Namespaces, security and the like: fields of the interface, as runtime.proto names them. */
export type Fields = Readonly<Record<string, unknown>>;

export interface Status {
  readonly state: string;
  readonly exit_code: number;
  readonly reason: string;
  readonly message: string;
}

export interface PodStatus {
  readonly state: string;
  readonly network?: { readonly ip: string };
}

export interface Output {
  readonly stdout: string;
  readonly stderr: string;
  readonly exit_code: number;
}

export interface Pod {
  readonly id: string;
  readonly config: Fields;
}

/** A daemon that speaks the interface, as the cases see it. */
export interface Service {
  /** What it calls itself. */
  readonly name: "containerd" | "cri-o";
  /** The runtime that a pod gets when nothing else is said. */
  readonly runtime: Runtime;
  readonly socket: string;
  /** Below it all that the daemon keeps, and its configuration as `config.toml`. */
  readonly directory: string;
  /** The cgroup, below the root, in which its pods are. */
  readonly cgroupParent: string;
  /** Ends the daemon, not its containers, and starts it again; `meanwhile` is what happens while it does not run. */
  restart(meanwhile?: () => void): void;
  /** What pods left, in words; nothing when all is clean. */
  leftovers(): string[];
  dispose(): void;
}

function isNotFound(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === status.NOT_FOUND;
}

export class Cri<S extends Service = Service> implements Engine {
  readonly service: S;
  #client: Client;
  #pods = 0;

  private constructor(service: S) {
    this.service = service;
    this.#client = this.#connect();
  }

  #connect(): Client {
    return new Client(`unix://${this.service.socket}`, credentials.createInsecure());
  }

  /** Speaks to a daemon, once it answers; `prepare` is what comes before the first pod. The daemon ends with this. */
  static async open<S extends Service>(service: S, prepare: () => Promise<void> = () => Promise.resolve()): Promise<Cri<S>> {
    const cri = new Cri(service);
    try {
      await cri.#ready();
      await prepare();
    } catch (error) {
      await cri.dispose();
      throw error;
    }
    return cri;
  }

  /** One call; rejects with what the service says. */
  call<Reply>(method: string, request: Fields, seconds = SECONDS): Promise<Reply> {
    const { path, requestSerialize, responseDeserialize } = methodOf(method);
    return new Promise((resolve, reject) => {
      this.#client.makeUnaryRequest(
        path,
        requestSerialize,
        responseDeserialize,
        request,
        { deadline: Date.now() + seconds * 1000 },
        (error, reply) => {
          if (error) reject(error);
          else resolve(reply as Reply);
        },
      );
    });
  }

  /** Runs a pod with these namespaces and these settings of a Linux pod; `handler` is that of its RuntimeClass. */
  async pod(namespaces: Fields = { network: "NODE" }, linux: Fields = {}, handler = this.service.runtime.name): Promise<Pod> {
    const name = `pod${++this.#pods}`;
    const config = {
      metadata: { name, uid: name, namespace: "tests", attempt: 0 },
      log_directory: join(this.service.directory, name),
      ...(namespaces["network"] === "NODE" ? {} : { hostname: name }),
      linux: { cgroup_parent: `/${this.service.cgroupParent}`, security_context: { namespace_options: namespaces }, ...linux },
    };
    const request = { config, runtime_handler: handler };
    const { pod_sandbox_id: id } = await this.call<{ pod_sandbox_id: string }>("RunPodSandbox", request);
    return { id, config };
  }

  /** The handler that a pod was made with; CRI-O does not tell. */
  async handlerOf(pod: Pod): Promise<string | undefined> {
    const { items } = await this.call<{ items: { id: string; runtime_handler: string }[] }>("ListPodSandbox", {});
    return items.find(({ id }) => id === pod.id)?.runtime_handler || undefined;
  }

  async podStatus(pod: Pod): Promise<PodStatus> {
    return (await this.call<{ status: PodStatus }>("PodSandboxStatus", { pod_sandbox_id: pod.id })).status;
  }

  /** Makes a container of a pod; its id. `security` is its security context. */
  async create(
    pod: Pod,
    command: readonly string[],
    more: Fields = {},
    security: Fields = {},
    resources: Fields = {},
  ): Promise<string> {
    const config = {
      metadata: { name: "c", attempt: performance.now() },
      image: { image: IMAGE, user_specified_image: IMAGE },
      command,
      log_path: "log",
      linux: { resources, security_context: { namespace_options: { pid: "CONTAINER" }, ...security } },
      ...more,
    };
    const request = { pod_sandbox_id: pod.id, config, sandbox_config: pod.config };
    return (await this.call<{ container_id: string }>("CreateContainer", request)).container_id;
  }

  async start(id: string): Promise<void> {
    await this.call("StartContainer", { container_id: id });
  }

  /** Makes and starts a container that runs a shell script; its id. */
  async sh(pod: Pod, script: string, more: Fields = {}, security: Fields = {}, resources: Fields = {}): Promise<string> {
    const id = await this.create(pod, ["sh", "-c", script], more, security, resources);
    await this.start(id);
    return id;
  }

  async status(id: string): Promise<Status> {
    return (await this.call<{ status: Status }>("ContainerStatus", { container_id: id })).status;
  }

  /** Waits for the end of a container. */
  async ended(id: string): Promise<Status> {
    for (const end = performance.now() + SECONDS * 1000; performance.now() < end;) {
      const status = await this.status(id);
      if (status.state === "CONTAINER_EXITED") return status;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`${id} does not end`);
  }

  /** Runs a program in a container, to its end. */
  async exec(id: string, cmd: readonly string[], timeout = 10): Promise<Output> {
    const reply = await this.call<{ stdout: Buffer; stderr: Buffer; exit_code: number }>("ExecSync", {
      container_id: id,
      cmd,
      timeout,
    });
    return { stdout: reply.stdout.toString(), stderr: reply.stderr.toString(), exit_code: reply.exit_code };
  }

  /** Opens the streams of `Exec` or `Attach`; the caller closes them. */
  async streams(method: "Exec" | "Attach", request: Fields): Promise<Streams> {
    return Streams.open((await this.call<{ url: string }>(method, request)).url);
  }

  /** The host's pid of the first process of a container or pod. */
  async pid(thing: string | Pod): Promise<number> {
    const { info } =
      typeof thing === "string"
        ? await this.call<{ info: Record<string, string> }>("ContainerStatus", { container_id: thing, verbose: true })
        : await this.call<{ info: Record<string, string> }>("PodSandboxStatus", { pod_sandbox_id: thing.id, verbose: true });
    const { pid }: { pid: number } = JSON.parse(info["info"] ?? "{}");
    return pid;
  }

  /** What the engine says that a container has used. */
  async usage(id: string): Promise<{ readonly nanoseconds: number; readonly bytes: number }> {
    interface Stats {
      cpu: { usage_core_nano_seconds: { value: number } };
      memory: { working_set_bytes: { value: number } };
    }
    const { stats } = await this.call<{ stats: Stats }>("ContainerStats", { container_id: id });
    return { nanoseconds: stats.cpu.usage_core_nano_seconds.value, bytes: stats.memory.working_set_bytes.value };
  }

  /** What a container wrote to its log. */
  log(pod: Pod): string {
    const path = join(String(pod.config["log_directory"]), "log");
    return existsSync(path) ? readFileSync(path, "utf8") : "";
  }

  async stop(id: string, timeout = 0): Promise<void> {
    await this.call("StopContainer", { container_id: id, timeout });
  }

  /** Ends the containers of a pod, as the kubelet does it before, and removes the pod. */
  async remove(pod: Pick<Pod, "id">): Promise<void> {
    const request = { filter: { pod_sandbox_id: pod.id } };
    const { containers } = await this.call<{ containers: { id: string }[] }>("ListContainers", request);
    await Promise.all(containers.map(({ id }) => this.stop(id)));
    await this.call("StopPodSandbox", { pod_sandbox_id: pod.id });
    await this.call("RemovePodSandbox", { pod_sandbox_id: pod.id });
  }

  /** Ends the daemon, not its containers, and starts it again; `meanwhile` is what happens while it does not run. */
  async restart(meanwhile?: () => void): Promise<void> {
    this.#client.close();
    this.service.restart(meanwhile);
    this.#client = this.#connect();
    await this.#ready();
  }

  /** In containerd this part is ready later than the rest, and misses images that come before. */
  async #ready(): Promise<void> {
    let problem = "";
    for (let tries = 0; tries < 100; tries++) {
      const answer = this.call("ListPodSandbox", {}).then(() => "", String);
      problem = await answer;
      if (problem === "") return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`${this.service.name} does not answer: ${problem}`);
  }

  async reset(): Promise<void> {
    const { items } = await this.call<{ items: { id: string }[] }>("ListPodSandbox", {});
    for (const { id } of items) {
      await this.remove({ id }).catch((error: unknown) => {
        if (!isNotFound(error)) throw error; // it went by itself after it was listed
      });
    }
  }

  async dispose(): Promise<void> {
    await this.reset().catch(() => undefined); // a daemon that died has been told of
    this.#client.close();
    this.service.dispose();
  }
}
