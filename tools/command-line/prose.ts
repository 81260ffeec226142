// SPDX-License-Identifier: Apache-2.0
/** What the man pages say beyond the tables of flags. A command without an entry has its summary alone. */

export interface Prose {
  /** Paragraphs; `code` in back-ticks. */
  readonly description: readonly string[];
  /** A command line and what it does. */
  readonly examples?: readonly (readonly [command: string, what: string])[];
}

export const program: Prose = {
  description: [
    "`runt` runs containers as the OCI runtime-spec describes them. A container is made from a bundle: a directory with a `config.json` and a root file system. Engines such as Docker, containerd, Podman and CRI-O call `runt` for every container; people can, too.",
    "Options before the command are for every command. Flags may be written `--flag VALUE`, `--flag=VALUE` or with one dash; `--` ends them.",
  ],
  examples: [
    ["runt spec && runt run hello", "Writes a config to begin with, and runs the bundle in the current directory."],
    ["runt --root /run/docker/runtime-runt/moby list", "Lists the containers that Docker has runt run."],
    ["runt --trace trace.json run hello", "Writes every system call of the run, for https://ui.perfetto.dev."],
  ],
};

export const prose: Readonly<Record<string, Prose>> = {
  create: {
    description: [
      "Makes a container of the bundle: namespaces, cgroup, mounts, devices, limits. Its process is there and waits for runt-start(8); the program of the config does not run yet. The command returns when all of that is done, and when it fails nothing is left.",
      "A container whose config asks for a terminal needs `--console-socket`: the socket gets one message with the descriptor of the master.",
    ],
    examples: [["runt create --bundle /srv/web --pid-file web.pid web", "Creates the container web, and writes its pid."]],
  },
  start: {
    description: ["Lets the process of a created container become its program, and runs the poststart hooks."],
    examples: [["runt start web", "Starts the container web."]],
  },
  run: {
    description: [
      "Creates a container, starts it, and waits for it. Signals are passed on to its process, and with a terminal in the config the own terminal is connected to it. When the process ends, the container is deleted, unless `--keep` is given.",
      "With `--detach` the command returns as soon as the program runs.",
    ],
    examples: [
      ["runt run hello", "Runs the bundle in the current directory."],
      ["runt run --detach --bundle /srv/web web", "Starts a container and leaves it alone."],
    ],
  },
  exec: {
    description: [
      "Runs a further process in a running container: in its namespaces, its cgroup and its root file system, with no more rights than its config gives. Flags end at the name of the container; what follows is the command.",
      "What is not given comes from the config of the container. A process object given with `--process` is taken as it is.",
    ],
    examples: [
      ["runt exec -t web sh", "Opens a shell in the container web."],
      ["runt exec --user 1000:1000 --cwd /srv web ls -l", "Lists a directory as another user."],
    ],
  },
  state: {
    description: [
      "Prints the state object of the runtime-spec: id, status (`creating`, `created`, `running`, `paused`, `stopped`), pid, bundle and annotations. The kernel is asked each time.",
    ],
  },
  list: {
    description: [
      "Lists the containers below the state directory. A container whose state cannot be read is told on standard error, and the others are listed all the same.",
    ],
  },
  kill: {
    description: [
      "Sends a signal to the first process of a container. The signal is a number or a name, with or without `SIG`, in any case.",
      "`KILL` ends all processes of a container that shares its pid namespace, and thaws a paused one. With `--all` the signal goes to every process, and a stopped container is no error.",
    ],
    examples: [
      ["runt kill web", "Asks the container web to end."],
      ["runt kill --regex '^test-' KILL", "Kills all containers whose id begins with test-."],
    ],
  },
  delete: {
    description: [
      "Removes a stopped container: what is left of its processes, its cgroup and its state; and runs the poststop hooks. One that was created and never started is killed first.",
      "With `--force` it does the same in any status, also after a crash of the runtime at any moment, and a missing container is no error.",
    ],
  },
  pause: { description: ["Freezes all processes of a container through its cgroup, until runt-resume(8)."] },
  resume: { description: ["Lets the processes of a paused container go on."] },
  ps: {
    description: [
      "Shows the processes of a container as the ps(1) of the host shows them. Arguments after the container are for ps; they must leave a column `PID` in its output. With `--format json`, the pids as an array.",
    ],
    examples: [["runt ps web -o pid,rss,args", "Shows the memory that each process uses."]],
  },
  events: {
    description: [
      "Prints one JSON object a line: statistics of the cgroup at intervals (`stats`), kills for want of memory (`oom`), and the end of a container (`lifecycle`). Ends when all named containers have ended.",
    ],
    examples: [["runt events --stats web", "Prints the statistics of now."]],
  },
  update: {
    description: [
      "Changes limits of a container. What is not named stays as it is; when the kernel refuses one change, all limits are as before.",
    ],
    examples: [
      ["runt update --memory 512m --pids-limit 100 web", "Sets two limits."],
      [`echo '{"cpu": {"quota": 50000}}' | runt update --resources - web`, "Reads limits from standard input."],
    ],
  },
  spec: {
    description: [
      "Writes a `config.json` that runs a shell in the root file system `rootfs`, to begin with. A file that is there is not overwritten.",
    ],
  },
  features: {
    description: ["Prints the features object of the runtime-spec: what this build on this host supports."],
  },
  validate: {
    description: [
      "Reads a bundle and tells all that is wrong or odd about it: every breach of the runtime-spec, everything that this host refuses, and what would be ignored. Nothing is made. Ends with 0 when `create` would take the bundle, and with 1 when it would refuse it.",
    ],
    examples: [["runt validate /srv/web", "Looks at a bundle."]],
  },
  doctor: {
    description: [
      "Looks at what containers need of this host: kernel, namespaces, cgroups, seccomp, security modules. For each thing that is missing it says what to do. Ends with 1 when containers cannot run here.",
    ],
  },
};
