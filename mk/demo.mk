# SPDX-License-Identifier: Apache-2.0
# make demo: builds, makes a bundle, and runs a container that shows what it is isolated from.
.PHONY: demo
demo: setup
	@$(MAKE) --no-print-directory all
	@tools/demo.sh build/runt
