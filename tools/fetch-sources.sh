#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Brings the upstream tarballs named in engine/SOURCES to DIRECTORY as NAME.tar, from Debian's source packages, and checks
# their sha256. A tarball that is there and right is kept. RUNT_SOURCES names a directory that may hold them already.
# usage: tools/fetch-sources.sh DIRECTORY
set -eu

directory=${1:?usage: tools/fetch-sources.sh DIRECTORY}
sources=$(dirname "$0")/../engine/SOURCES
suite=trixie

is_right() { # FILE SHA256
	[ -f "$1" ] && [ "$(sha256sum "$1" | cut -d' ' -f1)" = "$2" ]
}

# A private apt that reads this machine's mirror and another suite, and touches nothing of the system's.
apt_state=
setup_apt() {
	[ -z "$apt_state" ] || return 0
	apt_state=$(mktemp -d)
	trap 'rm -rf "$apt_state"' EXIT
	# shellcheck disable=SC2016 # apt expands it
	# shellcheck disable=SC2016 # for apt to expand
	mirror=$(apt-get indextargets --format '$(REPO_URI)' 2>/dev/null | grep -E '/debian/?$' | head -n 1)
	[ -n "$mirror" ] || mirror=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null |
		sed -nE 's#^(URIs:|deb) *(\[[^]]*\] *)?(https?://[^ ]*/debian/?)( .*)?$#\3#p' | head -n 1)
	if [ -z "$mirror" ]; then
		echo "fetch-sources: no Debian mirror in this machine's apt configuration; put the tarballs of engine/SOURCES into a directory and name it with RUNT_SOURCES" >&2
		exit 1
	fi
	mkdir -p "$apt_state/lists/partial" "$apt_state/cache/archives/partial"
	echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main" >"$apt_state/sources.list"
	private_apt update -q >"$apt_state/log" 2>&1 || { cat "$apt_state/log" >&2; exit 1; }
}

private_apt() {
	timeout -k 10 300 apt-get -o "Dir::Etc::SourceList=$apt_state/sources.list" -o Dir::Etc::SourceParts=/dev/null \
		-o "Dir::State::Lists=$apt_state/lists" -o "Dir::Cache=$apt_state/cache" -o APT::Sandbox::User=root \
		-o Acquire::Retries=3 -o Acquire::http::Timeout=30 -o Acquire::https::Timeout=30 "$@" </dev/null
}

fetch() { # NAME SHA256
	setup_apt
	mkdir -p "$apt_state/$1"
	(cd "$apt_state/$1" && private_apt source -q --download-only "$1" >"$apt_state/log" 2>&1) || {
		cat "$apt_state/log" >&2
		exit 1
	}
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
