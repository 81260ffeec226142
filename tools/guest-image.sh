#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Makes a root file system with systemd for the guests of the test lanes, as a disk image, and prints its path. An image that is
# in CACHE is taken as it is; its name holds a sum of this script, and so of all that is in it. As root.
# usage: tools/guest-image.sh CACHE WORK (WORK: a directory for what is temporary; the caller removes it)
set -eu

cache=${1:?usage: tools/guest-image.sh CACHE WORK}
work=${2:?usage: tools/guest-image.sh CACHE WORK}
suite=bookworm
packages=systemd-sysv,dbus,dbus-user-session,libpam-systemd,busybox-static,apparmor,checkpolicy,iproute2,procps,uidmap
# For the lane with engines. Their services are not started: its tests have daemons of their own. (netavark: for a virtual package.)
packages=$packages,kmod,containerd,docker.io,podman,conmon,runc,iptables,netavark,fuse-overlayfs,catatonit

image=$cache/guest-$suite-$(dpkg --print-architecture)-$(sha256sum "$0" | cut -c 1-16).ext4
if [ -f "$image" ]; then
	echo "$image"
	exit 0
fi

fail() {
	echo "$*" >&2
	exit 1
}
PATH=$PATH:/usr/sbin:/sbin
for program in debootstrap mke2fs; do
	command -v "$program" >/dev/null || fail "$program is not installed"
done
mirror=$("$(dirname "$0")/debian-mirror.sh") || fail "apt names no Debian mirror"

mkdir -p "$cache" "$work"
tree=$work/tree
debootstrap --variant=minbase --include="$packages" "$suite" "$tree" "$mirror" >"$work/log" 2>&1 ||
	fail "debootstrap failed: $(tail -n 2 "$work/log" | tr '\n' ' ')"

# What no test looks at, and what only makes boots and reloads slower.
rm -rf "$tree"/var/cache/apt/* "$tree"/var/lib/apt/lists/* "$tree"/usr/share/doc "$tree"/usr/share/man "$tree"/usr/share/locale
rm -f "$tree"/lib/systemd/system-generators/* "$tree"/lib/systemd/user-generators/*
for unit in apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer e2scrub_reap.service fstrim.timer \
	containerd.service docker.service docker.socket podman.service podman.socket podman-auto-update.timer podman-restart.service \
	getty.target console-getty.service systemd-timesyncd.service systemd-journal-flush.service; do
	ln -sf /dev/null "$tree/etc/systemd/system/$unit"
done

# An ordinary user, for what one may do.
echo 'tester:x:1000:1000::/home/tester:/bin/sh' >>"$tree/etc/passwd"
echo 'tester:!:19000:0:99999:7:::' >>"$tree/etc/shadow"
echo 'tester:x:1000:' >>"$tree/etc/group"
for file in subuid subgid; do echo 'tester:500000:65536' >"$tree/etc/$file"; done
mkdir "$tree/home/tester" && chown 1000:1000 "$tree/home/tester"

# The first program: it finds the host's files at /host, and there the script that RUNT_GUEST (of the kernel's command line) names.
mkdir "$tree/host"
cat >"$tree/sbin/guest-init" <<'INIT'
#!/bin/sh
mount -n -t hostfs none /host -o ro,/
exec /bin/sh "/host$RUNT_GUEST"
INIT
chmod 755 "$tree/sbin/guest-init"

mke2fs -q -t ext4 -O ^has_journal -m 0 -d "$tree" "$work/image" 2G >"$work/log" 2>&1 || fail "mke2fs failed: $(tail -n 1 "$work/log")"
mv "$work/image" "$image"
echo "$image"
