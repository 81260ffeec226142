#!/bin/busybox sh
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=dash
# The first process of the guest. The kernel's first root cannot be left with pivot_root(2), so all moves to another, as on any machine.
/bin/busybox mount -t tmpfs tmpfs /new
/bin/busybox cp -a /machine/. /new/
exec /bin/busybox switch_root /new /bin/busybox sh /checks.sh
