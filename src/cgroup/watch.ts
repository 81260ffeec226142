// SPDX-License-Identifier: Apache-2.0
/** Waiting for what happens in a cgroup: the OOM killer, and the end of the last process. */
import { isErrno } from "../linux/errors.ts";
import { openEventFd, takeCount } from "../linux/eventfd.ts";
import type { Fd } from "../linux/fd.ts";
import { O_RDONLY, openFile, readFileIfAny } from "../linux/file.ts";
import { readAgain } from "../linux/kernfs.ts";
import { poll, POLLIN, POLLPRI, type PollRequest } from "../linux/poll.ts";
import { sleep } from "../linux/time.ts";
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
  const kills = new KillCount(`${path}/memory.oom_control`);
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
      const ooms = kills.since(takeCount(counter) > 0);
      return { ooms: ooms ?? 0, ended: ooms === undefined || isEmpty() };
    },
    close: () => {
      counter.close();
      life?.close();
    },
  });
}

/** How many the OOM killer has killed, by memory.oom_control. */
class KillCount {
  readonly #file: string;
  #seen: number;

  constructor(file: string) {
    this.#file = file;
    this.#seen = this.#read()?.kills ?? 0;
  }

  /** Kills since the last time; undefined when the cgroup is gone, whose removal is a notification too. */
  since(notified: boolean): number | undefined {
    let now = this.#read();
    if (notified && now !== undefined && now.kills === this.#seen && !now.disabled) {
      // The notification comes several times, and before the kill.
      sleep(afterNotification);
      now = this.#read();
    }
    if (now === undefined) return undefined;
    const kills = now.kills - this.#seen;
    this.#seen = now.kills;
    return now.disabled && notified ? Math.max(1, kills) : kills;
  }

  #read(): { readonly kills: number; readonly disabled: boolean } | undefined {
    try {
      const text = readFileIfAny(this.#file);
      if (text === undefined) return undefined;
      return { kills: Number(/^oom_kill (\d+)$/m.exec(text)?.[1] ?? 0), disabled: text.includes("oom_kill_disable 1") };
    } catch (error) {
      if (isErrno(error, "ENODEV")) return undefined; // removed while it was read
      throw error;
    }
  }
}

/** Milliseconds that the kernel may take from the notification to the kill. */
const afterNotification = 10;

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
