# SPDX-License-Identifier: Apache-2.0
# make test [FILTER=text] [LANE=unit,host,v2,uml,systemd,vm,vmv1,selinux,engines,cluster,arm64] [JOBS=2]: everything, its own set-up and build included.
# make test-engines: the engines alone, here and in a guest. make check: the tests alone, on what is built, and without
# the engines and arm64 unless LANE asks for them.
# make test-engines CRIO=DIR: with a built CRI-O (DIR/bin/crio, DIR/bin/pinns), which Debian does not package.
# RUNT_GUEST_CACHE=DIR keeps the disk image and the kernels of the guests (systemd, selinux, cluster; vm, vmv1) elsewhere than in build/guest.
FILTER ?=
LANE ?=
JOBS ?= 2
CRIO ?=
export CRIO
# In variables: a comma in an argument of a function would end the argument.
CHECK_LANES := unit,host,v2,uml,systemd,vm,vmv1,selinux
TEST_LANES := $(CHECK_LANES),engines,cluster,arm64

.PHONY: test test-engines check
test: LANE := $(or $(LANE),$(TEST_LANES))
test:
	@tools/setup.sh $(if $(findstring engines,$(LANE)),--engines) $(if $(findstring arm64,$(LANE)),--arm64)
	@$(MAKE) --no-print-directory all
	@$(MAKE) --no-print-directory check LANE=$(LANE)

test-engines:
	@$(MAKE) --no-print-directory test LANE=engines,cluster

check: LANE := $(or $(LANE),$(CHECK_LANES))
check: node_modules/.runt-lock $(GENERATED) $(SPEC_GENERATED) build/test-agent $(if $(filter unit,$(LANE))$(filter environment,$(origin RUNTIME)),,build/runt build/runt-faults)
	@$(TSX) tools/run-tests.ts --jobs $(JOBS) --lane $(LANE) $(FILTER)

# Helper program of the tests, for hosts and containers alike.
build/test-agent: test/lib/agent/agent.c test/lib/agent/resctrl.c test/lib/agent/resctrl.h
	@mkdir -p $(@D)
	$(CC) -static -O1 -Wall -Wextra -o $@ $(filter %.c,$^)
