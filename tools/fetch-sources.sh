#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Brings the upstream tarballs named in engine/SOURCES to DIRECTORY as NAME.tar, from Debian's source packages, and checks
# their sha256. A tarball that is there and right is kept. RUNT_SOURCES names a directory that may hold them already.
# usage: tools/fetch-sources.sh DIRECTORY
set -eu

directory=${1:?usage: tools/fetch-sources.sh DIRECTORY}
sources=$(dirname "$0")/../engine/SOURCES

is_right() { # FILE SHA256
	[ -f "$1" ] && [ "$(sha256sum "$1" | cut -d' ' -f1)" = "$2" ]
}

# shellcheck source=tools/private-apt.sh
. "$(dirname "$0")/private-apt.sh"

fetch() { # NAME SHA256
	setup_apt || {
		echo "put the tarballs of engine/SOURCES into a directory and name it with RUNT_SOURCES" >&2
		exit 1
	}
	mkdir -p "$apt_state/$1"
	(cd "$apt_state/$1" && private_apt source -q --download-only "$1") || exit 1
	for file in "$apt_state/$1"/*.orig.tar.*; do
		case $file in *.asc) continue ;; esac
		if is_right "$file" "$2"; then
			cp "$file" "$directory/$1.tar.part"
			mv "$directory/$1.tar.part" "$directory/$1.tar"
			return 0
		fi
		echo "fetch-sources: $(basename "$file") has sha256 $(sha256sum "$file" | cut -d' ' -f1), and engine/SOURCES says $2" >&2
	done
	exit 1
}

mkdir -p "$directory"
grep -v '^#' "$sources" | while read -r name _version sum; do
	is_right "$directory/$name.tar" "$sum" && continue
	if [ -n "${RUNT_SOURCES:-}" ] && is_right "$RUNT_SOURCES/$name.tar" "$sum"; then
		cp "$RUNT_SOURCES/$name.tar" "$directory/$name.tar"
		continue
	fi
	fetch "$name" "$sum"
done
