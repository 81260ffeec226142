# SPDX-License-Identifier: Apache-2.0
# make docs: what documents say that is written elsewhere, in the code. make man, make completions: for make install, in build/.
# Made anew with the program: its tables are in many files.
COMMAND_LINE := $(wildcard tools/command-line/*.ts)

.PHONY: docs man completions
docs: node_modules/.runt-lock
	$(TSX) tools/gen-errors-doc.ts >docs/ERRORS.md
	$(BIN)/prettier --write --log-level warn docs/ERRORS.md
	$(TSX) tools/gen-conformance-doc.ts >docs/CONFORMANCE.md

ifeq ($(ARCH),)
man: build/man/.stamp
completions: build/completions/.stamp
else # the program is loaded for them by the Node of this machine, and says the same for all machines
man completions:
	@$(MAKE) --no-print-directory ARCH= $@
endif

build/man/.stamp: tools/gen-man.ts $(COMMAND_LINE) $(GEN)/runt.js
	$(TSX) tools/gen-man.ts $(@D)
	@touch $@

build/completions/.stamp: tools/gen-completions.ts $(COMMAND_LINE) $(GEN)/runt.js
	$(TSX) tools/gen-completions.ts $(@D)
	@touch $@
