#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Makes a bundle with a busybox root, runs a container from it, and shows the host's view beside the container's.
# usage: tools/demo.sh RUNTIME
set -eu
exec </dev/null

runtime=$(realpath "${1:?usage: tools/demo.sh RUNTIME}")
work=$(mktemp -d "${TMPDIR:-/tmp}/runt-demo.XXXXXX")
bundle=$work/bundle
id=demo-$$
cleanup() {
	"$runtime" --root "$work/state" delete --force "$id" >/dev/null 2>&1 || true
	rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 1' INT TERM HUP

mkdir -p "$bundle/rootfs"
cd "$bundle/rootfs"
mkdir -p bin dev etc proc sys tmp
cp /bin/busybox bin/busybox
for name in cat grep hostname id readlink sh sleep wc; do ln -s busybox bin/$name; done
cat >etc/motd <<'MOTD'
this file is in the container's root file system, not in the host's
MOTD

cat >bin/look <<'LOOK'
#!/bin/sh
echo "pid      my pid is $$; all processes I see: $(echo /proc/[0-9]*)"
echo "mount    / has: $(cd / && echo *)"
echo "         $(cat /etc/motd)"
echo "         $(wc -l < /proc/self/mountinfo) mounts, /proc/sys is $(echo 1 2>/dev/null > /proc/sys/kernel/panic && echo writable || echo read-only)"
echo "uts      host name: $(hostname)"
echo "network  interfaces: $(cd /sys/class/net && echo *)"
echo "ipc      shared memory segments: $(grep -c -v key /proc/sysvipc/shm)"
echo "user     $(id)"
echo "caps     $(grep CapEff /proc/self/status)"
for kind in pid mnt uts net ipc; do echo "ns       $(readlink /proc/self/ns/$kind)"; done
exit 7
LOOK
chmod 755 bin/look

namespaces='{"type":"pid"},{"type":"mount"},{"type":"uts"},{"type":"network"},{"type":"ipc"}'
maps=
if [ "$(id -u)" != 0 ]; then
	namespaces="$namespaces,{\"type\":\"user\"}"
	maps="\"uidMappings\":[{\"containerID\":0,\"hostID\":$(id -u),\"size\":1}],\"gidMappings\":[{\"containerID\":0,\"hostID\":$(id -g),\"size\":1}],"
fi
cat >"$bundle/config.json" <<CONFIG
{
  "ociVersion": "1.0.2",
  "root": {"path": "rootfs", "readonly": true},
  "hostname": "inside",
  "process": {
    "user": {"uid": 0, "gid": 0},
    "args": ["/bin/look"],
    "env": ["PATH=/bin"],
    "cwd": "/",
    "capabilities": {"bounding": ["CAP_KILL"], "effective": ["CAP_KILL"], "permitted": ["CAP_KILL"]},
    "noNewPrivileges": true
  },
  "mounts": [
    {"destination": "/proc", "type": "proc", "source": "proc"},
    {"destination": "/dev", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "mode=755"]},
    {"destination": "/sys", "type": "sysfs", "source": "sysfs", "options": ["nosuid", "noexec", "nodev", "ro"]}
  ],
  "linux": {
    $maps
    "namespaces": [$namespaces],
    "maskedPaths": ["/proc/kcore", "/proc/keys"],
    "readonlyPaths": ["/proc/sys"]
  }
}
CONFIG

echo "== the host"
echo "pid      my pid is $$; $(find /proc -maxdepth 1 -name '[0-9]*' | wc -l) processes"
echo "mount    $(wc -l </proc/self/mountinfo) mounts"
echo "uts      host name: $(uname -n)"
echo "network  interfaces: $(find /sys/class/net -mindepth 1 -printf '%f ')"
for kind in pid mnt uts net ipc; do echo "ns       $(readlink /proc/self/ns/$kind)"; done
echo
echo "== $(basename "$runtime") run: the same questions inside"
code=0
"$runtime" --root "$work/state" run --bundle "$bundle" "$id" || code=$?
echo
echo "== create, start, state, kill, delete"
sed -i 's#"/bin/look"#"/bin/sleep", "100"#' "$bundle/config.json"
"$runtime" --root "$work/state" create --bundle "$bundle" "$id"
echo "created: $("$runtime" --root "$work/state" state "$id" | grep '"status"')"
"$runtime" --root "$work/state" start "$id"
echo "started: $("$runtime" --root "$work/state" state "$id" | grep '"status"')"
"$runtime" --root "$work/state" kill "$id" KILL
"$runtime" --root "$work/state" delete --force "$id"
echo "deleted: $("$runtime" --root "$work/state" list --quiet | wc -l) containers left"
echo
echo "exit code of the container's process: $code (7 was asked for)"
[ "$code" = 7 ]
