#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Brings what an arm64 guest of the tests needs to DIRECTORY: Debian's kernel as `vmlinuz`, and a static `busybox`. Nothing is installed.
# usage: tools/arm64-guest.sh DIRECTORY
set -eu

directory=${1:?usage: tools/arm64-guest.sh DIRECTORY}
# shellcheck disable=SC2034 # for private-apt.sh
architecture=arm64
# shellcheck source=tools/private-apt.sh
. "$(dirname "$0")/private-apt.sh"

echo "fetching: a kernel and busybox for arm64, into $directory"
setup_apt
private_apt install --simulate --no-install-recommends linux-image-cloud-arm64
kernel=$(sed -nE 's/^Inst (linux-image-[0-9][^ ]*) .*/\1/p' "$apt_state/log")
work=$apt_state/tree
fetch_packages "$work" "$kernel" busybox-static
mkdir -p "$directory"
mv "$work"/boot/vmlinuz-* "$directory/vmlinuz"
mv "$work"/usr/bin/busybox "$directory/busybox" 2>/dev/null || mv "$work/bin/busybox" "$directory/busybox"
