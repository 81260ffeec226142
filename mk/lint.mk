# SPDX-License-Identifier: Apache-2.0
# make lint: types, style, layers, shell scripts and the rules of the repository itself. make format rewrites what prettier would.
BIN := node_modules/.bin

.PHONY: lint format
lint: all
	$(BIN)/tsc --noEmit -p .
	$(BIN)/eslint .
	$(BIN)/prettier --check --log-level warn .
	$(BIN)/depcruise --config .dependency-cruiser.js --output-type err $(wildcard src tools test conformance bench)
	@command -v shellcheck >/dev/null || echo 'shellcheck is not installed: shell scripts are not checked'
	git ls-files | xargs -r grep -lE '^#! ?/(usr/)?bin/(env )?(ba)?sh' | if command -v shellcheck >/dev/null; then xargs -r shellcheck -x; else cat >/dev/null; fi
	$(TSX) tools/check-repo.ts

format:
	$(BIN)/prettier --write --log-level warn .
