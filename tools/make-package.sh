#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Packs the built runt. usage: tools/make-package.sh deb|tarball DIRECTORY [ARCHITECTURE]. Prints the path of the package. The architecture
# is that of a cross build, by Debian's name.
set -eu
kind=$1
mkdir -p "$2"
out=$(cd "$2" && pwd)
version=$(sed -nE 's/^ *"version": "([^"]+)",$/\1/p' package.json)
architecture=${3:-$(dpkg --print-architecture 2>/dev/null || uname -m)}
cross=${3:-}
epoch=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || stat -c %Y package.json)}

stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
root=$stage/runt
umask 022

# install_tree PREFIX [VARIABLE=VALUE...]
install_tree() {
  prefix=$1
  shift
  make --no-print-directory --silent install ARCH="$cross" DESTDIR="$root" PREFIX="$prefix" "$@"
  documents=$root$prefix/share/doc/runt
  mkdir -p "$documents"
  cp -R README.md SECURITY.md CHANGELOG.md docs "$documents"
  gzip -9n "$documents/CHANGELOG.md" "$root$prefix"/share/man/man8/*.8
}

copyright() {
  cat <<'END'
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: runt

Files: *
Copyright: the developers of runt
License: Apache-2.0
 On Debian systems the text of the licence is in /usr/share/common-licenses/Apache-2.0.

Files: usr/sbin/runt
Copyright: the developers of runt
 2017-2025 Fabrice Bellard and Charlie Gordon (QuickJS, MIT)
 2012-2025 the authors of libseccomp (LGPL-2.1)
 2005-2025 Rich Felker and others (musl, MIT)
License: Apache-2.0 and Expat and LGPL-2.1
 One static program of these parts. Its source, and the script that fetches and builds them, are the source of this package; it can be
 linked again with another libseccomp by "make".
END
}

control() {
  cat <<END
Package: runt
Version: $version
Architecture: $architecture
Maintainer: The developers of runt <runt@example.invalid>
Installed-Size: $(du -k -s --apparent-size "$root/usr" | cut -f1)
Section: admin
Priority: optional
Description: OCI container runtime
 runt runs OCI containers: it is the low-level program that Docker, containerd,
 Podman and CRI-O call to turn a bundle into an isolated process, with the
 command line of runc. One small static binary with a core in TypeScript.
END
}

same_times() {
  find "$root" -exec touch --no-dereference --date="@$epoch" {} +
}

case $kind in
  deb)
    install_tree /usr ZSH_FUNCTIONS=zsh/vendor-completions
    copyright >"$root/usr/share/doc/runt/copyright"
    mkdir "$root/DEBIAN"
    control >"$root/DEBIAN/control"
    (cd "$root" && find usr -type f | LC_ALL=C sort | xargs md5sum) >"$root/DEBIAN/md5sums"
    same_times
    package=$out/runt_${version}_$architecture.deb
    SOURCE_DATE_EPOCH=$epoch dpkg-deb --root-owner-group --threads-max=1 -Zxz --build "$root" "$package" >/dev/null
    ;;
  tarball)
    install_tree /usr/local
    cp LICENSE "$root/usr/local/share/doc/runt"
    same_times
    package=$out/runt-$version-$architecture.tar.gz
    (cd "$root" && tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$epoch" -cf - usr) | gzip -9n >"$package"
    ;;
  *)
    echo "usage: tools/make-package.sh deb|tarball DIRECTORY" >&2
    exit 1
    ;;
esac
printf '%s\n' "$package"
