#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs the system packages that the build and the tests need, where they are missing (Debian 12 and 13, as root); anyone else
# is told exactly what to install. Says nothing and needs no network when all is there. Never waits for a terminal, and for a
# lock or the network only within limits.
# usage: tools/setup.sh [--check|[--engines] [--arm64]]    --check installs nothing: it tells what the build lacks, and fails then;
# --engines brings also the container engines that the engines lane of the tests drives, --arm64 what the cross build for arm64
# and the lane that tests it need
exec </dev/null
set -u
cd "$(dirname "$0")/.." || exit 1
export DEBIAN_FRONTEND=noninteractive

# What proves that a package is there ("file:PATTERN", "static:PROGRAM" or a program), and its name in Debian. Without these nothing builds:
building='
gcc:gcc make:make musl-gcc:musl-tools gperf:gperf file:/usr/include/linux/mount.h:linux-libc-dev
file:/usr/include/*/sys/mount.h:libc6-dev xz:xz-utils patch:patch
'
# Without these the demo and the tests do not run:
running='
unshare:util-linux mount:mount ps:procps static:/bin/busybox:busybox-static
'
# Without these some tests are skipped, each with its reason:
optional='
linux.uml:user-mode-linux qemu-system-x86_64:qemu-system-x86 debootstrap:debootstrap mke2fs:e2fsprogs ip:iproute2 newuidmap:uidmap strace:strace
shellcheck:shellcheck git:git zsh:zsh fish:fish mandoc:mandoc
'

# The engines, and what serves images to them; their services are not started.
engines='
dockerd:docker.io iptables:iptables containerd:containerd runc:runc podman:podman conmon:conmon docker-registry:docker-registry
file:/usr/lib/cni/bridge:containernetworking-plugins file:/usr/*/podman/catatonit:catatonit nft:nftables
'
# Before Debian 13 the command was in docker.io, and built images by itself.
grep -qs '^VERSION_ID="1[0-2]"' /etc/os-release || engines+=' docker:docker-cli file:/usr/libexec/docker/cli-plugins/docker-buildx:docker-buildx'
# A compiler for arm64, what runs its programs, and what boots its kernel.
arm64='
aarch64-linux-gnu-gcc:gcc-aarch64-linux-gnu qemu-aarch64-static:qemu-user-static qemu-system-aarch64:qemu-system-arm
'
for option in "$@"; do
  case $option in
    --engines) optional+=$engines ;;
    --arm64) optional+=$arm64 ;;
  esac
done

# missing LIST: the packages of LIST that are not installed.
missing() {
  local entry probe package
  for entry in $1; do
    package=${entry##*:} probe=${entry%:*}
    case $probe in
      file:*) compgen -G "${probe#file:}" >/dev/null || printf '%s ' "$package" ;;
      static:*) [ -x "${probe#static:}" ] && ! grep -q /ld-linux "${probe#static:}" || printf '%s ' "$package" ;;
      *) PATH=$PATH:/usr/sbin:/sbin command -v "$probe" >/dev/null || printf '%s ' "$package" ;;
    esac
  done
}

node_is_new_enough() {
  PATH=$PWD/build/toolchain/node_modules/.bin:$PATH node -e 'process.exit(Number(process.versions.node.split(".")[0]) >= 20 ? 0 : 1)' \
    >/dev/null 2>&1
}

apt_get() {
  timeout -k 10 400 apt-get -y -q --no-install-recommends -o DPkg::Lock::Timeout=120 -o Acquire::Retries=3 \
    -o Acquire::http::Timeout=30 -o Acquire::https::Timeout=30 -o Dpkg::Use-Pty=0 -o Dpkg::Options::=--force-confold "$@"
}

# What invokes the scripts of /etc/init.d asks this file first, where it exists.
policy=/usr/sbin/policy-rc.d
start_no_services() {
  [ -e "$policy" ] && return 0
  printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod 755 "$policy" && trap 'rm -f "$policy"' EXIT
}

how='install first, as root: apt-get install'
command -v apt-get >/dev/null || how='install first (packages by their names in Debian):'

need=$(missing "$building")
if ! node_is_new_enough; then
  command -v npm >/dev/null || need+='nodejs npm '
fi
if [ "${1-}" = --check ]; then
  [ -n "$need" ] && printf '%s %s\n' "$how" "$need" >&2 && exit 1
  node_is_new_enough || { printf 'install Node.js 20 or newer, or run tools/setup.sh\n' >&2 && exit 1; }
  exit 0
fi
need+=$(missing "$running")
want=$(missing "$optional")

if [ -n "$need$want" ]; then
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    [ -n "$want" ] && printf 'for all tests, install: %s\n' "$want"
    [ -n "$need" ] && printf '%s %s\n' "$how" "$need" >&2 && exit 1
  else
    printf 'installing: %s\n' "$need$want"
    apt_get update >/dev/null || printf 'apt-get update failed; trying with the lists that are here\n'
    start_no_services
    # shellcheck disable=SC2086
    if [ -n "$need" ] && ! apt_get install $need; then
      printf 'could not install: %s\n' "$need" >&2
      exit 1
    fi
    for package in $want; do # one by one: a package that a release lacks must not take the others with it
      apt_get install "$package" >/dev/null || printf 'not installed, some tests will be skipped: %s\n' "$package"
    done
  fi
fi

# A criu that works on this kernel, for checkpoints under an engine and without.
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  timeout -k 10 400 tools/fetch-criu.sh build/criu || printf 'no criu: tests of checkpoints will be skipped\n'
fi

if ! node_is_new_enough; then
  printf 'installing: Node.js 22 in build/toolchain (the system has %s)\n' "$(node --version 2>/dev/null || echo none)"
  mkdir -p build/toolchain
  if ! timeout -k 10 400 npm install --prefix build/toolchain --no-save --no-audit --no-fund --no-progress node@22 || ! node_is_new_enough; then
    printf 'install Node.js 20 or newer\n' >&2
    exit 1
  fi
fi
