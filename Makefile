# SPDX-License-Identifier: Apache-2.0
# The build rules are here; set-up, test, lint, demo and bench are in mk/.
.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

.PHONY: all clean
all: node_modules/.runt-lock

clean:
	rm -rf build

include $(wildcard mk/*.mk)
