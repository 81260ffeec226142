# SPDX-License-Identifier: Apache-2.0
# The build rules are here; set-up, test, lint, install, docs and others are in mk/.
.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

PREFIX ?= /usr/local
DESTDIR ?=

# make ARCH=arm64 builds for an arm64 machine, in build/arm64; it is not taken from the environment, where it may mean anything.
ARCH :=

B := build
# musl: static, small, and it starts without asking the processor for its features, which is slow in a virtual machine.
CC_TARGET := musl-gcc
MULTIARCH = $(shell gcc -print-multiarch)
SYSTEM_INCLUDE := /usr/include
CONFIGURE_TARGET :=
SYSROOT :=
# What goes before a program of the target to run it here.
RUN_TARGET :=
ifneq ($(ARCH),)
include mk/cross/$(ARCH).mk
endif

KERNEL_INCLUDE := $(B)/kernel-include
QUICKJS := $(B)/quickjs
SECCOMP := $(B)/libseccomp
WARNINGS := -Wall -Wextra -Werror
CPPFLAGS_TARGET := -D_GNU_SOURCE -isystem $(KERNEL_INCLUDE) -isystem $(SECCOMP)/include -isystem $(QUICKJS)
CFLAGS_TARGET := -std=gnu11 -O2 -fno-pie -ffunction-sections -fdata-sections -fno-asynchronous-unwind-tables
LDFLAGS_TARGET := -static -no-pie -Wl,--gc-sections -Wl,--build-id=none -Wl,-e,runt_entry
# The headers' numbers, and what is bundled with them, are of one architecture; the rest is generated once.
GEN := $(B)/gen
GEN_SHARED := build/gen
SOURCES := build/sources
GENERATED := $(GEN)/ffi.c $(GEN)/ffi.d.ts $(GEN)/constants.ts $(GEN)/structs.ts

SOURCES_TS = $(shell find src -name '*.ts' ! -name '*.test.ts')
HOST_REST := image heap host waiter dispatch calls network protect entry trace faults
HOST_C := main $(HOST_REST)
HOST_H := $(wildcard engine/*.h)
QUICKJS_C := quickjs libregexp libunicode cutils dtoa

.PHONY: all clean
all: $(B)/runt

clean:
	rm -rf $(B)

include $(wildcard mk/*.mk)

# ---- what comes from elsewhere: pinned sources, kernel headers
$(SOURCES)/.stamp: engine/SOURCES tools/fetch-sources.sh
	@tools/setup.sh --check
	tools/fetch-sources.sh $(SOURCES)
	@touch $@

$(QUICKJS)/.stamp: $(SOURCES)/.stamp engine/quickjs.patch
	rm -rf $(QUICKJS) && mkdir -p $(QUICKJS)
	tar -xf $(SOURCES)/quickjs.tar --strip-components=1 -C $(QUICKJS)
	patch --quiet -d $(QUICKJS) -p1 <engine/quickjs.patch
	@touch $@

# The kernel's headers without those of the system's own libc.
$(KERNEL_INCLUDE)/.stamp: $(SYSROOT)
	mkdir -p $(KERNEL_INCLUDE)
	ln -sfn $(SYSTEM_INCLUDE)/linux $(KERNEL_INCLUDE)/linux
	ln -sfn $(SYSTEM_INCLUDE)/asm-generic $(KERNEL_INCLUDE)/asm-generic
	ln -sfn $(SYSTEM_INCLUDE)/$(MULTIARCH)/asm $(KERNEL_INCLUDE)/asm
	@touch $@

$(SECCOMP)/lib/libseccomp.a: $(SOURCES)/.stamp $(KERNEL_INCLUDE)/.stamp
	rm -rf $(SECCOMP) $(B)/libseccomp-build && mkdir -p $(B)/libseccomp-build
	tar -xf $(SOURCES)/libseccomp.tar --strip-components=1 -C $(B)/libseccomp-build
	cd $(B)/libseccomp-build && ./configure --quiet $(CONFIGURE_TARGET) --prefix=$(CURDIR)/$(SECCOMP) --enable-static --disable-shared \
		--disable-dependency-tracking CC=$(CC_TARGET) CFLAGS="$(CFLAGS_TARGET) -isystem $(CURDIR)/$(KERNEL_INCLUDE)" LDFLAGS="-static -no-pie" >configure.log 2>&1 \
		|| { tail -n 20 configure.log >&2; exit 1; }
	$(MAKE) --no-print-directory -C $(B)/libseccomp-build/include install >>$(B)/libseccomp-build/build.log 2>&1
	$(MAKE) --no-print-directory -C $(B)/libseccomp-build/src libseccomp.la >>$(B)/libseccomp-build/build.log 2>&1 \
		|| { tail -n 20 $(B)/libseccomp-build/build.log >&2; exit 1; }
	mkdir -p $(@D) && cp $(B)/libseccomp-build/src/.libs/libseccomp.a $@

# ---- generated code
$(GEN)/.ffi: $(wildcard src/ffi/*.ts) tools/gen-ffi.ts $(wildcard tools/gen-ffi/*.ts) node_modules/.runt-lock $(KERNEL_INCLUDE)/.stamp $(SECCOMP)/lib/libseccomp.a
	@mkdir -p $(GEN)
	$(TSX) tools/gen-ffi.ts $(GEN) $(CC_TARGET) -isystem $(KERNEL_INCLUDE) -isystem $(SECCOMP)/include
	@touch $@
$(GENERATED): $(GEN)/.ffi ;

# ---- the engine
$(B)/obj/%.o: engine/%.c $(HOST_H) $(QUICKJS)/.stamp $(KERNEL_INCLUDE)/.stamp
	@mkdir -p $(@D)
	$(CC_TARGET) $(CPPFLAGS_TARGET) $(CFLAGS_TARGET) $(WARNINGS) -c -o $@ $<

# What runs before libc has no place for a canary yet.
$(B)/obj/entry.o $(B)/obj/protect.o $(B)/obj-faults/entry.o $(B)/obj-faults/protect.o: CFLAGS_TARGET += -fno-stack-protector

$(B)/obj/ffi.o: $(GEN)/ffi.c engine/dispatch.h $(QUICKJS)/.stamp
	@mkdir -p $(@D)
	$(CC_TARGET) $(CPPFLAGS_TARGET) $(CFLAGS_TARGET) $(WARNINGS) -Iengine -c -o $@ $<

# QuickJS is compiled twice. The first time it counts which ways it takes through a program like ours (tools/training.ts), the second time
# it is laid out by that: some per cent less for a run. Neither the program nor the host is part of what is learned, so it is learned once.
QUICKJS_FLAGS := -fwrapv -w -DCONFIG_VERSION='"2025-04-26"'
TRAINING := $(B)/training

$(TRAINING)/quickjs/%.o: $(QUICKJS)/.stamp
	@mkdir -p $(@D)
	$(CC_TARGET) $(CPPFLAGS_TARGET) $(CFLAGS_TARGET) $(QUICKJS_FLAGS) -fprofile-generate -fprofile-update=single -c -o $@ $(QUICKJS)/$*.c

$(TRAINING)/main.o: engine/main.c $(QUICKJS)/.stamp | $(KERNEL_INCLUDE)/.stamp
	@mkdir -p $(@D)
	$(CC_TARGET) $(CPPFLAGS_TARGET) $(CFLAGS_TARGET) $(WARNINGS) -DRUNT_TRAINING -c -o $@ $<

$(TRAINING)/program.js: tools/training.ts | $(GEN)/runt.js
	@mkdir -p $(@D)
	$(TSX) tools/bundle.ts $< $(GEN) $@

# What was counted before is forgotten, and what was counted while the binary made itself, which compiles.
$(TRAINING)/.stamp: $(QUICKJS_C:%=$(TRAINING)/quickjs/%.o) $(TRAINING)/main.o $(TRAINING)/program.js | $(HOST_REST:%=$(B)/obj/%.o) $(B)/obj/ffi.o $(SECCOMP)/lib/libseccomp.a
	rm -f $(TRAINING)/quickjs/*.gcda
	$(CC_TARGET) $(LDFLAGS_TARGET) -fprofile-generate -o $(TRAINING)/blank $(filter %.o,$^) $(filter %.o %.a,$|) -lm
	$(RUN_TARGET) $(TRAINING)/blank $(TRAINING)/program.js $(TRAINING)/runt
	rm -f $(TRAINING)/quickjs/*.gcda
	$(RUN_TARGET) $(TRAINING)/runt
	@touch $@

$(B)/obj/quickjs/%.o: $(TRAINING)/.stamp
	@mkdir -p $(@D)
	$(CC_TARGET) $(CPPFLAGS_TARGET) $(CFLAGS_TARGET) $(QUICKJS_FLAGS) -fprofile-use=$(TRAINING)/quickjs/$*.gcda -Werror=missing-profile -c -o $@ $(QUICKJS)/$*.c

QUICKJS_OBJECTS := $(QUICKJS_C:%=$(B)/obj/quickjs/%.o)

# Rewritten only when it changes, so that a build of the same commit is no work.
$(GEN_SHARED)/version.ts: package.json tools/gen-version.sh FORCE
	@mkdir -p $(@D)
	@new=$@.$$$$; tools/gen-version.sh >$$new && { cmp -s $$new $@ && rm $$new || mv $$new $@; }
.PHONY: FORCE
FORCE: ;

$(GEN)/runt.js: $(GEN_SHARED)/version.ts $(SOURCES_TS) tools/bundle.ts $(GENERATED) $(SPEC_GENERATED)
	$(TSX) tools/bundle.ts src/cli/main.ts $(GEN) $@

OBJECTS := $(HOST_C:%=$(B)/obj/%.o) $(B)/obj/ffi.o $(QUICKJS_OBJECTS)
FAULT_OBJECTS := $(HOST_C:%=$(B)/obj-faults/%.o) $(B)/obj/ffi.o $(QUICKJS_OBJECTS)

# The engine without a program; it makes the binary of itself (engine/image.h), which has the same addresses and no symbols.
$(B)/runt-blank: $(OBJECTS) $(SECCOMP)/lib/libseccomp.a
	$(CC_TARGET) $(LDFLAGS_TARGET) -o $@ $^ -lm

# Renamed into its place: a container may wait in the old one.
$(B)/runt: $(B)/runt-blank $(GEN)/runt.js
	$(RUN_TARGET) $^ $@.new && mv $@.new $@

# ---- the same with fault injection, for tests
$(B)/obj-faults/%.o: engine/%.c $(HOST_H) $(QUICKJS)/.stamp $(KERNEL_INCLUDE)/.stamp
	@mkdir -p $(@D)
	$(CC_TARGET) $(CPPFLAGS_TARGET) $(CFLAGS_TARGET) $(WARNINGS) -DRUNT_FAULTS -c -o $@ $<

$(B)/runt-blank-faults: $(FAULT_OBJECTS) $(SECCOMP)/lib/libseccomp.a
	$(CC_TARGET) $(LDFLAGS_TARGET) -o $@ $^ -lm

$(B)/runt-faults: $(B)/runt-blank-faults $(GEN)/runt.js
	$(RUN_TARGET) $^ $@.new && mv $@.new $@
