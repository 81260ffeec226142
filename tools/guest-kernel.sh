#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Makes what a virtual machine boots for the test lanes: Debian's kernel, and an initial file system with the modules that the tests
# need and a first program that goes on with the host's files. Prints the directory with both, `vmlinuz` and `initrd`; one that is in
# CACHE is taken as it is, its name holds a sum of this script. Nothing is installed.
# usage: tools/guest-kernel.sh CACHE WORK SUITE (WORK: a directory for what is temporary; the caller removes it)
set -eu

cache=${1:?usage: tools/guest-kernel.sh CACHE WORK SUITE}
work=${2:?usage: tools/guest-kernel.sh CACHE WORK SUITE}
modules='virtio_pci virtio_blk 9pnet_virtio 9p overlay fuse loop veth dummy bridge bfq crc32_generic rdma_rxe'

here=$(cd "$(dirname "$0")" && pwd)
kernel=$cache/kernel-$3-$(dpkg --print-architecture)-$(sha256sum "$0" | cut -c 1-16)
if [ -d "$kernel" ]; then
	echo "$kernel"
	exit 0
fi
# shellcheck source=tools/private-apt.sh
. "$here/private-apt.sh"
# shellcheck disable=SC2034 # of private-apt.sh
suite=$3

setup_apt
private_apt install -s -q --no-install-recommends "linux-image-$(dpkg --print-architecture)"
package=$(sed -n 's/^Inst \(linux-image-[0-9][^ ]*\) .*/\1/p' "$apt_state/log")
tree=$work/tree
initial=$work/initial
mkdir -p "$cache" "$tree" "$initial/bin" "$initial/modules" "$initial/proc" "$initial/dev" "$initial/root" "$work/kernel"
cd "$work"
private_apt download "$package"
dpkg-deb --fsys-tarfile ./*.deb | tar -x -C "$tree"
find "$tree" -name '*.ko.xz' -exec xz -d {} +

# add MODULE: with what it depends on before it. What is not there is in the kernel itself.
count=100
added=' '
add() {
	set -- "$1" "$(find "$tree" -name "$1.ko" -o -name "$(echo "$1" | tr _ -).ko")"
	case $added in *" $1 "*) return 0 ;; esac
	added="$added$1 "
	[ -n "$2" ] || return 0
	for needed in $(tr '\0' '\n' <"$2" | sed -n 's/^depends=//p' | tr , ' '); do
		add "$needed"
	done
	count=$((count + 1))
	mv "$2" "$initial/modules/$count-$1.ko"
}
for module in $modules; do
	add "$module"
done

cp /bin/busybox "$initial/bin/busybox"
# The first program: it finds the host's files, and there the script that RUNT_GUEST (of the kernel's command line) names, in the one
# directory that it may write to.
cat >"$initial/init" <<'INIT'
#!/bin/busybox sh
b=/bin/busybox
$b mount -t proc proc /proc
$b mount -t devtmpfs dev /dev
for module in /modules/*; do $b insmod "$module"; done
share=${RUNT_GUEST%/*}
options=trans=virtio,version=9p2000.L,msize=512000
$b mount -t 9p -o "ro,cache=loose,$options" root /root && $b mount -t 9p -o "$options" share "/root$share" || $b poweroff -f
$b mount --move /dev /root/dev
$b umount /proc
exec $b switch_root /root /bin/sh "$RUNT_GUEST"
INIT
chmod 755 "$initial/init"
(cd "$initial" && find . | busybox cpio -o -H newc 2>/dev/null | gzip -1 >"$work/kernel/initrd")
mv "$tree"/boot/vmlinuz-* "$work/kernel/vmlinuz"
mv "$work/kernel" "$kernel"
echo "$kernel"
