# SPDX-License-Identifier: Apache-2.0
# make conformance RUNTIME_TOOLS=DIR [RUNTIME=build/runt] [FILTER=text]: a built runtime-tools suite, run as root. With RESULTS=FILE
# the results are stored; those of conformance/results.json are in docs/CONFORMANCE.md ("make docs").
# make clauses SPEC=DIR: compares the clause table with the documents of the specification in DIR.
RUNTIME ?= build/runt

.PHONY: conformance clauses
conformance: all
	@[ -n "$(RUNTIME_TOOLS)" ] || { echo 'usage: make conformance RUNTIME_TOOLS=DIR (a built opencontainers/runtime-tools tree)' >&2; exit 2; }
	@RESULTS="$(RESULTS)" $(TSX) conformance/run-suite.ts "$(RUNTIME_TOOLS)" "$(RUNTIME)" $(FILTER)

clauses: node_modules/.runt-lock
	@[ -n "$(SPEC)" ] || { echo 'usage: make clauses SPEC=DIR (a tree of opencontainers/runtime-spec)' >&2; exit 2; }
	@$(TSX) conformance/clause-files.ts "$(SPEC)"
