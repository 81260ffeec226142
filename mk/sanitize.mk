# SPDX-License-Identifier: Apache-2.0
# Two builds that find defects of the C host and of the engine's patch. Tests with one of them: RUNTIME=build/runt-gc make check
#
# make build/runt-asan: runt under AddressSanitizer and UndefinedBehaviorSanitizer, for the C host and the engine. It has no heap image
# and compiles the program at every start, so it is slow; and as the sanitizers know glibc, it is not static.
#
# make build/runt-gc: runt that looks for garbage at every new object. What the heap image holds, and what only it refers to, must live.
SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer -g -O1 -fno-pie
CPPFLAGS_SANITIZE := -D_GNU_SOURCE -isystem $(SECCOMP)/include -isystem $(QUICKJS) -Iengine -DRUNT_SANITIZE='"$(CURDIR)/$(GEN)/runt.js"'

$(B)/obj-asan/%.o: engine/%.c $(HOST_H) $(QUICKJS)/.stamp $(SECCOMP)/lib/libseccomp.a
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS_SANITIZE) -std=gnu11 $(SANITIZE) $(WARNINGS) -c -o $@ $<

$(B)/obj-asan/ffi.o: $(GEN)/ffi.c engine/dispatch.h $(QUICKJS)/.stamp
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS_SANITIZE) -std=gnu11 $(SANITIZE) -c -o $@ $<

$(B)/obj-asan/quickjs/%.o: $(QUICKJS)/.stamp
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS_SANITIZE) -std=gnu11 $(SANITIZE) -fwrapv -w -DCONFIG_VERSION='"2025-04-26"' -c -o $@ $(QUICKJS)/$*.c

$(B)/runt-asan: $(HOST_C:%=$(B)/obj-asan/%.o) $(B)/obj-asan/ffi.o $(QUICKJS_C:%=$(B)/obj-asan/quickjs/%.o) \
		$(SECCOMP)/lib/libseccomp.a $(GEN)/runt.js
	$(CC) -no-pie $(SANITIZE) -o $@ $(filter-out %.js,$^) -lm

$(B)/obj-gc/quickjs.o: $(QUICKJS)/.stamp
	@mkdir -p $(@D)
	$(CC_TARGET) $(CPPFLAGS_TARGET) $(CFLAGS_TARGET) -DRUNT_COLLECT_ALWAYS -fwrapv -w -DCONFIG_VERSION='"2025-04-26"' -c -o $@ $(QUICKJS)/quickjs.c

$(B)/runt-blank-gc: $(HOST_C:%=$(B)/obj/%.o) $(B)/obj/ffi.o $(patsubst %,$(B)/obj/quickjs/%.o,$(filter-out quickjs,$(QUICKJS_C))) \
		$(B)/obj-gc/quickjs.o $(SECCOMP)/lib/libseccomp.a
	$(CC_TARGET) $(LDFLAGS_TARGET) -o $@ $^ -lm

$(B)/runt-gc: $(B)/runt-blank-gc $(GEN)/runt.js
	$(RUN_TARGET) $^ $@
