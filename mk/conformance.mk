# SPDX-License-Identifier: Apache-2.0
# make conformance RUNTIME_TOOLS=DIR [RUNTIME=build/runt] [FILTER=text]: a built runtime-tools suite, run as root.
RUNTIME ?= build/runt

.PHONY: conformance
conformance: all
	@[ -n "$(RUNTIME_TOOLS)" ] || { echo 'usage: make conformance RUNTIME_TOOLS=DIR (a built opencontainers/runtime-tools tree)' >&2; exit 2; }
	@$(TSX) conformance/run-suite.ts "$(RUNTIME_TOOLS)" "$(RUNTIME)" $(FILTER)
