#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# To be sourced: apt with this machine's mirror and another suite, which touches nothing of the system's. It is set up when it is
# first needed, and what it keeps goes when the script ends.
suite=trixie
# The script that sources this may set `architecture`: packages of another one.

apt_state=
setup_apt() {
	[ -z "$apt_state" ] || return 0
	apt_state=$(mktemp -d)
	trap 'rm -rf "$apt_state"' EXIT
	mirror=$("$(dirname "$0")/debian-mirror.sh") || mirror=
	if [ -z "$mirror" ]; then
		echo "no Debian mirror in this machine's apt configuration" >&2
		return 1
	fi
	mkdir -p "$apt_state/lists/partial" "$apt_state/cache/archives/partial"
	: >"$apt_state/status" # nothing is installed: what a package needs comes with it
	for type in deb deb-src; do
		echo "$type [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main"
	done >"$apt_state/sources.list"
	private_apt update -q
}

# fetch_packages DIRECTORY PACKAGE...: unpacks packages there, and nothing of what they need.
fetch_packages() {
	into=$1
	shift
	setup_apt || return 1
	mkdir -p "$apt_state/packages" "$into"
	(cd "$apt_state/packages" && private_apt download "$@") || return 1
	for package in "$apt_state"/packages/*.deb; do
		dpkg-deb -x "$package" "$into"
	done
	rm -rf "$apt_state/packages"
}

# private_apt ARGUMENTS...: apt-get; its output is shown when it fails.
private_apt() {
	timeout -k 10 300 apt-get -o "Dir::Etc::SourceList=$apt_state/sources.list" -o Dir::Etc::SourceParts=/dev/null \
		-o "Dir::State::Lists=$apt_state/lists" -o "Dir::State::status=$apt_state/status" -o "Dir::Cache=$apt_state/cache" \
		${architecture:+-o "APT::Architecture=$architecture" -o "APT::Architectures=$architecture"} \
		-o APT::Sandbox::User=root -o Acquire::Retries=3 -o Acquire::http::Timeout=30 -o Acquire::https::Timeout=30 \
		"$@" </dev/null >"$apt_state/log" 2>&1 && return 0
	cat "$apt_state/log" >&2
	return 1
}
