# SPDX-License-Identifier: Apache-2.0
# make test [FILTER=text] [LANE=unit|host|v2|uml] [JOBS=2]: everything, its own set-up and build included.
FILTER ?=
LANE ?=
JOBS ?= 2

.PHONY: test check
test: setup
	@$(MAKE) --no-print-directory all
	@$(MAKE) --no-print-directory check

# The tests alone, on what is built.
check: node_modules/.runt-lock $(GENERATED) $(SPEC_GENERATED) build/test-agent $(if $(filter unit,$(LANE))$(filter environment,$(origin RUNTIME)),,build/runt build/runt-faults)
	@$(TSX) tools/run-tests.ts --jobs $(JOBS) $(if $(LANE),--lane $(LANE)) $(FILTER)

# Helper program of the tests, for hosts and containers alike.
build/test-agent: test/lib/agent/agent.c
	@mkdir -p $(@D)
	$(CC) -static -O1 -Wall -Wextra -o $@ $<
