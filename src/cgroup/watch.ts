// SPDX-License-Identifier: Apache-2.0
/** Waiting for what happens in a cgroup: the OOM killer, and the end of the last process. */
import { isErrno } from "../linux/errors.ts";
import { openEventFd, takeCount } from "../linux/eventfd.ts";
import type { Fd } from "../linux/fd.ts";
import { O_RDONLY, openFile } from "../linux/file.ts";
import { readAgain } from "../linux/kernfs.ts";
import { poll, POLLIN, POLLPRI, type PollRequest } from "../linux/poll.ts";
import { statIfAny } from "../linux/stat.ts";
import { writeCgroupFile } from "./write.ts";

export interface CgroupNews {
  /** How often the OOM killer has struck since the last time. */
  readonly ooms: number;
  /** No process is left, or the cgroup is gone. */
  readonly ended: boolean;
}

export interface CgroupWatch {
  /** What to wait for in somebody else's poll(2); then comes news(). */
  requests(): readonly PollRequest[];
  /** What has happened since the last time. */
  news(): CgroupNews;
  /** Waits at most `timeout` milliseconds, and tells what has happened. */
  wait(timeout: number): CgroupNews;
  close(): void;
}

/** memory.events and cgroup.events of the cgroup at `path`. Throws ENOENT when it is gone. */
export function watchV2(path: string): CgroupWatch {
  const life = openFile(`${path}/cgroup.events`, O_RDONLY);
  const memory = openIfAny(`${path}/memory.events`);
  const killed = (): number => Number(/^oom_kill (\d+)$/m.exec(textOf(memory))?.[1] ?? 0);
  let seen = killed();
  return watch({
    requests: [life, ...(memory === undefined ? [] : [memory])].map((fd) => ({ fd, events: POLLPRI })),
    news: () => {
      const ended = !textOf(life).includes("populated 1");
      const now = killed();
      const ooms = Math.max(0, now - seen);
      seen = Math.max(seen, now);
      return { ooms, ended };
    },
    close: () => {
      life.close();
      memory?.close();
    },
  });
}

/**
 * The OOM notification of the memory hierarchy. Nothing there tells of the last process, so `isEmpty` is asked each time; on a
 * hybrid host the v2 tree beside it (`unified`) tells when. Documentation/admin-guide/cgroup-v1/memory.rst, "OOM Control"
 */
export function watchV1(path: string, unified: string | undefined, isEmpty: () => boolean): CgroupWatch {
  const life = unified === undefined ? undefined : openIfAny(`${unified}/cgroup.events`);
  const counter = openEventFd();
  const control = openFile(`${path}/memory.oom_control`, O_RDONLY);
  try {
    writeCgroupFile(path, "cgroup.event_control", `${counter.number} ${control.number}`);
  } catch (error) {
    counter.close();
    life?.close();
    throw error;
  } finally {
    control.close(); // the kernel has taken its own reference
  }
  return watch({
    requests: [{ fd: counter, events: POLLIN }, ...(life === undefined ? [] : [{ fd: life, events: POLLPRI }])],
    news: () => {
      textOf(life); // or poll(2) would tell of the same change again
      const ooms = takeCount(counter);
      // The removal of the cgroup counts as an event too.
      const gone = ooms > 0 && statIfAny(`${path}/memory.oom_control`) === undefined;
      return { ooms: gone ? 0 : ooms, ended: gone || isEmpty() };
    },
    close: () => {
      counter.close();
      life?.close();
    },
  });
}

interface Parts {
  readonly requests: readonly PollRequest[];
  readonly news: () => CgroupNews;
  readonly close: () => void;
}

function watch({ requests, news, close }: Parts): CgroupWatch {
  return {
    requests: () => requests,
    news,
    wait: (timeout) => {
      poll(requests, timeout);
      return news();
    },
    close,
  };
}

function openIfAny(path: string): Fd | undefined {
  try {
    return openFile(path, O_RDONLY);
  } catch (error) {
    if (isErrno(error, "ENOENT")) return undefined;
    throw error;
  }
}

/** The text of an open file; none when the cgroup is gone. */
function textOf(fd: Fd | undefined): string {
  if (fd === undefined) return "";
  try {
    return readAgain(fd);
  } catch (error) {
    if (isErrno(error, "ENODEV")) return "";
    throw error;
  }
}
