# SPDX-License-Identifier: Apache-2.0
# What the other rules stand on: system packages, the Node tool chain and the packages of the lock file.

# A Node that tools/setup.sh fetched, where the system's own is missing or too old.
# Before it a criu that tools/setup.sh fetched for the tests, where the system's own does not work.
export PATH := $(CURDIR)/build/criu/bin:$(CURDIR)/build/toolchain/node_modules/.bin:$(PATH)

TSX := node --import tsx

.PHONY: setup
setup:
	@tools/setup.sh

# The stamp is a copy of the lock file, so that a copied or restored node_modules is not installed again for its time stamps.
# A registry that does not answer ends this in minutes.
node_modules/.runt-lock: package-lock.json
	@cmp -s package-lock.json $@ || timeout -k 10 900 npm ci --no-audit --no-fund --no-progress \
		--fetch-timeout=60000 --fetch-retries=3 </dev/null
	@cp package-lock.json $@
