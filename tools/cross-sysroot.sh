#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Makes DIRECTORY, what a build for another architecture (arm64) needs beside Debian's cross compiler: musl and the kernel's headers, from
# Debian's packages for it, and DIRECTORY/gcc, the cross compiler with that musl. Nothing is installed.
# usage: tools/cross-sysroot.sh ARCHITECTURE DIRECTORY
set -eu

architecture=${1:?usage: tools/cross-sysroot.sh ARCHITECTURE DIRECTORY}
directory=${2:?usage: tools/cross-sysroot.sh ARCHITECTURE DIRECTORY}
case $architecture in
arm64) machine=aarch64 compiler_package=gcc-aarch64-linux-gnu ;;
*)
	echo "no cross build for $architecture; there is one for arm64" >&2
	exit 1
	;;
esac
compiler=$machine-linux-gnu-gcc
missing=
command -v "$compiler" >/dev/null || missing=$compiler_package
command -v "qemu-$machine-static" >/dev/null || missing="$missing qemu-user-static"
[ -z "$missing" ] || {
	echo "for a cross build install first, as root: apt-get install ${missing# }" >&2
	exit 1
}

# shellcheck source=tools/private-apt.sh
. "$(dirname "$0")/private-apt.sh"

echo "fetching: musl and kernel headers for $architecture, into $directory"
rm -rf "$directory" "$directory.part"
fetch_packages "$directory.part" musl-dev linux-libc-dev
mv "$directory.part" "$directory"
directory=$(cd "$directory" && pwd)
sed "s#/usr/\(include\|lib\)/$machine-linux-musl#$directory&#g" "$directory/usr/lib/$machine-linux-musl/musl-gcc.specs" \
	>"$directory/musl-gcc.specs"
printf '#!/bin/sh\nexec %s "$@" -specs "%s/musl-gcc.specs"\n' "$compiler" "$directory" >"$directory/gcc"
chmod 755 "$directory/gcc"
