// SPDX-License-Identifier: Apache-2.0
/** The part of init that builds the container's root and moves into it. */
import { sendTerminal } from "../console/socket.ts";
import { callersSize, openTerminal, type Terminal } from "../console/terminal.ts";
import { runHooks } from "../hooks/run.ts";
import { bindConsole } from "../rootfs/console.ts";
import { makeCwd } from "../rootfs/cwd.ts";
import { linkStandardStreams } from "../rootfs/dev.ts";
import { makeDevices } from "../rootfs/devices.ts";
import { maskPaths } from "../rootfs/masked.ts";
import { mountAll } from "../rootfs/mounts.ts";
import { makeRootPrivate, openRootfs } from "../rootfs/open.ts";
import { applyRootPropagation, pivotInto } from "../rootfs/pivot.ts";
import { makePathsReadonly, setRootReadonly } from "../rootfs/readonly.ts";
import type { Root } from "../rootfs/root.ts";
import { writeSysctls } from "../rootfs/sysctl.ts";
import { hookFailed, hookState } from "./hook-state.ts";
import type { InitInputs } from "./init.ts";

/**
 * In init, inside all namespaces. Builds the root, runs the hooks that see it, and makes it "/". Returns the container's side of
 * its terminal, when it has one.
 */
export function setUpRoot(inputs: InitInputs, pid: number): Terminal["slave"] | undefined {
  const { plan, facts } = inputs.prepared;
  const { channel, resources } = inputs;

  makeRootPrivate(plan.rootfs);
  using root = openRootfs(plan.rootfs);
  mountAll(root, plan.rootfs, {
    cgroupMode: facts.cgroupMode,
    cgroups: inputs.manager.hierarchies(),
    rootless: facts.euid !== 0,
    sources: resources.sources,
    warn: (text) => {
      channel.send({ type: "warning", text });
    },
  });
  makeDevices(root, plan.rootfs);
  linkStandardStreams(root, plan.rootfs);
  if (plan.process !== undefined) makeCwd(root, plan.process.cwd);

  // All namespaces and mounts stand, and the host is still in reach: where the spec wants these hooks.
  if (plan.hooks.prestart.length + plan.hooks.createRuntime.length > 0) {
    channel.send({ type: "hooks" });
    channel.expect("go");
  }
  runCreateContainerHooks(inputs, pid);

  const terminal = plan.process?.terminal === true ? setUpTerminal(inputs, root) : undefined;
  pivotInto(root, plan.rootfs);
  writeSysctls(root, plan.sysctl);
  setRootReadonly(root, plan.rootfs);
  makePathsReadonly(root, plan.rootfs);
  // After the read-only paths, which would show what lies below a mask again.
  maskPaths(root, plan.rootfs);
  applyRootPropagation(root, plan.rootfs);
  return terminal;
}

function runCreateContainerHooks({ prepared, record, resources }: InitInputs, pid: number): void {
  const hooks = prepared.plan.hooks.createContainer;
  if (hooks.length === 0) return;
  try {
    const options = { directory: record.bundle, outputs: resources.hookOutputs };
    runHooks("createContainer", hooks, hookState(record, "creating", pid), options);
  } catch (error) {
    throw hookFailed(error);
  }
}

/** The terminal is made by the container's own devpts, and its master goes to the engine, or to the runtime in the foreground. */
function setUpTerminal({ prepared, resources, channel }: InitInputs, root: Root): Terminal["slave"] {
  // A program may look once, at its beginning: in the foreground it finds the size of the caller's.
  const callers = resources.consoleSocket === undefined ? callersSize() : undefined;
  const terminal = openTerminal(root.fd, callers ?? prepared.plan.process?.consoleSize);
  bindConsole(root, terminal.slave);
  if (resources.consoleSocket === undefined) channel.send({ type: "console" }, [terminal.master]);
  else sendTerminal(resources.consoleSocket, terminal);
  terminal.master.close();
  return terminal.slave;
}
