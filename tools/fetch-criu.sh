#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Makes DIRECTORY/bin/criu, for the tests of checkpoints, where the criu of the system is missing or too old for its kernel: the one
# of a newer Debian, with the libraries it needs beside it. Nothing is installed. Says nothing when a criu works already.
# usage: tools/fetch-criu.sh DIRECTORY
set -eu

directory=${1:?usage: tools/fetch-criu.sh DIRECTORY}
PATH=$directory/bin:$PATH:/usr/sbin:/sbin
criu check >/dev/null 2>&1 && exit 0
[ -e "$directory/bin/criu" ] && exit 0 # this kernel cannot
# shellcheck source=tools/private-apt.sh
. "$(dirname "$0")/private-apt.sh"

echo "fetching: criu, into $directory"
setup_apt
private_apt install -y -q --no-install-recommends --download-only criu
rm -rf "$directory.part"
mkdir -p "$directory.part/bin"
for package in "$apt_state"/cache/archives/*.deb; do
	dpkg-deb -x "$package" "$directory.part"
done
cat >"$directory.part/bin/criu" <<'SCRIPT'
#!/bin/sh
root=$(dirname "$(dirname "$(readlink -f "$0")")")
for loader in "$root"/usr/lib/*/ld-linux-*.so.*; do
	exec "$loader" --library-path "$(dirname "$loader")" --argv0 criu "$root/usr/sbin/criu" "$@"
done
SCRIPT
chmod 755 "$directory.part/bin/criu"
rm -rf "$directory"
mv "$directory.part" "$directory"
