// SPDX-License-Identifier: Apache-2.0
// @lanes host
/** Mount options that only crun has besides: symbolic links as sources and destinations, and id mappings in the option. */
import { existsSync, lstatSync, mkdirSync, readlinkSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { mapUsers } from "../lib/config.ts";
import { container, must } from "../lib/container.ts";
import type { Container } from "../lib/container.ts";
import { mountOn } from "../lib/kernel.ts";
import { isRunt, unless } from "../lib/lane.ts";
import { run } from "../lib/run.ts";

const ours = { skip: unless(isRunt, "options of crun") };

/** A file of the host, and a link to it. */
function fileAndLink(c: Container): { file: string; link: string } {
  const [file, link] = [join(c.directory, "file"), join(c.directory, "link")];
  writeFileSync(file, "content\n");
  symlinkSync("file", link);
  return { file, link };
}

t.test("copy-symlink makes the source's link anew, and mounts nothing", ours, (t) => {
  const c = container(t);
  const { link } = fileAndLink(c);
  c.config.mounts.push({ destination: "/a/copied", type: "bind", source: link, options: ["bind", "copy-symlink"] });
  const pid = c.startSleeping();
  t.equal(readlinkSync(join(c.rootfs, "a/copied")), "file");
  t.equal(mountOn(pid, "/a/copied"), undefined);
  t.end();
});

t.test("copy-symlink with a source that is no link is a bind mount", ours, (t) => {
  const c = container(t);
  const { file } = fileAndLink(c);
  c.config.mounts.push({ destination: "/copied", type: "bind", source: file, options: ["bind", "copy-symlink"] });
  t.equal(must(c.sh("cat /copied")).stdout, "content\n");
  t.end();
});

t.test("copy-symlink leaves a link that is there, if it is the same, and refuses another", ours, (t) => {
  const c = container(t);
  const { link } = fileAndLink(c);
  c.config.mounts.push({ destination: "/copied", type: "bind", source: link, options: ["bind", "copy-symlink"] });
  symlinkSync("file", join(c.rootfs, "copied"));
  must(c.run());
  t.equal(readlinkSync(join(c.rootfs, "copied")), "file");
  const other = container(t);
  other.config.mounts.push({ destination: "/copied", type: "bind", source: link, options: ["bind", "copy-symlink"] });
  symlinkSync("elsewhere", join(other.rootfs, "copied"));
  t.match(other.create(), { code: 1, stderr: /copied/ });
  t.equal(readlinkSync(join(other.rootfs, "copied")), "elsewhere");
  t.equal(other.status(), "none");
  t.end();
});

t.test("src-nofollow mounts the link itself", ours, (t) => {
  const c = container(t);
  const { link } = fileAndLink(c);
  c.config.mounts.push({ destination: "/linked", type: "bind", source: link, options: ["bind", "src-nofollow"] });
  t.equal(must(c.sh("readlink /linked")).stdout, "file\n");
  t.notOk(lstatSync(join(c.rootfs, "linked")).isSymbolicLink(), "it is a mount on a file");
  c.config.mounts.at(-1)?.options?.pop();
  t.equal(must(c.sh("readlink /linked || cat /linked")).stdout, "content\n", "without it the file is mounted");
  t.end();
});

t.test("dest-nofollow mounts over a link, not over what it points to", ours, (t) => {
  const c = container(t);
  const { file, link } = fileAndLink(c);
  mkdirSync(join(c.rootfs, "real"));
  writeFileSync(join(c.rootfs, "real/file"), "mine\n");
  symlinkSync("real/file", join(c.rootfs, "linked"));
  c.config.mounts.push({ destination: "/linked", type: "bind", source: file, options: ["bind", "dest-nofollow"] });
  t.equal(must(c.sh("cat /linked /real/file")).stdout, "content\nmine\n");
  c.config.mounts.at(-1)?.options?.pop();
  t.equal(must(c.sh("cat /linked /real/file")).stdout, "content\ncontent\n", "without it the file below is mounted over");
  c.config.mounts.pop();
  c.config.mounts.push({
    destination: "/linked",
    type: "bind",
    source: link,
    options: ["bind", "src-nofollow", "dest-nofollow"],
  });
  t.equal(must(c.sh("readlink /linked")).stdout, "file\n", "a link over a link");
  t.equal(readlinkSync(join(c.rootfs, "linked")), "real/file", "the root file system is as it was");
  t.end();
});

t.test("idmap with its mappings in the option, absolute and relative to the container's", ours, (t) => {
  const c = container(t, (config) => mapUsers(config, 100000));
  must(run(["chown", "-Rh", "100000:100000", c.bundle]));
  const source = join(c.directory, "source");
  mkdirSync(source);
  writeFileSync(join(source, "file"), "");
  const mount = (destination: string, option: string): void => {
    c.config.mounts.push({ destination, type: "bind", source, options: ["bind", option] });
  };
  mount("/absolute", "idmap=uids=0-100007-1;gids=0-100008-1");
  mount("/relative", "idmap=uids=@0-5-1;gids=@0-6-1");
  mount("/several", "ridmap=uids=@0-1-1#1-100002-1;gids=@0-3-1");
  const result = must(c.sh("stat -c '%u:%g' /absolute/file /relative/file /several/file"));
  t.equal(result.stdout, "7:8\n5:6\n1:3\n");
  t.ok(existsSync(join(source, "file")));
  t.end();
});

t.test("the recursive names of a file system's own flags", ours, (t) => {
  const c = container(t);
  c.config.mounts.push({ destination: "/t", type: "tmpfs", source: "tmpfs", options: ["rsync", "rdirsync", "rnomand"] });
  const options = mountOn(c.startSleeping(), "/t")?.superOptions ?? [];
  t.ok(options.includes("sync"), options.join());
  t.ok(options.includes("dirsync"), options.join());
  t.end();
});
