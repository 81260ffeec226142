# SPDX-License-Identifier: Apache-2.0
# make ARCH=arm64: what is different when the target is arm64 and this machine is not. The compiler is Debian's cross compiler with the
# musl and the kernel headers of Debian's arm64 (tools/cross-sysroot.sh). Nothing of the target runs here but the blank engine, once, in
# qemu's user mode: the heap image has its addresses, so only it can make that image (engine/image.h).
B := build/arm64
SYSROOT := $(B)/sysroot/.stamp
SYSTEM_INCLUDE := $(CURDIR)/$(B)/sysroot/usr/include
MULTIARCH := aarch64-linux-gnu
CC_TARGET := $(CURDIR)/$(B)/sysroot/gcc
CONFIGURE_TARGET := --host=aarch64-linux-musl
RUN_TARGET := qemu-aarch64-static

$(SYSROOT): tools/cross-sysroot.sh
	tools/cross-sysroot.sh $(ARCH) $(@D)
	@touch $@

# What the tests of the arm64 lane boot (test/arm64).
.PHONY: guest
guest: $(B)/runt $(B)/guest/vmlinuz $(B)/guest/call

$(B)/guest/vmlinuz: tools/arm64-guest.sh
	tools/arm64-guest.sh $(@D)
	@touch $@

$(B)/guest/call: test/arm64/guest/call.c $(SYSROOT)
	@mkdir -p $(@D)
	$(CC_TARGET) -static -no-pie -Os -Wall -Wextra -o $@ $<
