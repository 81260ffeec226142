#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Prints the Debian mirror that this machine's apt is configured with; fails where there is none.
set -eu

# shellcheck disable=SC2016 # apt expands it
mirror=$(apt-get indextargets --format '$(REPO_URI)' 2>/dev/null | grep -E '/debian/?$' | head -n 1)
[ -n "$mirror" ] || mirror=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null |
	sed -nE 's#^(URIs:|deb) *(\[[^]]*\] *)?(https?://[^ ]*/debian/?)( .*)?$#\3#p' | head -n 1)
[ -n "$mirror" ] || exit 1
echo "$mirror"
