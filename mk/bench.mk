# SPDX-License-Identifier: Apache-2.0
# make bench: runt beside crun and runc, in one run on this machine; prints a Markdown table of ratios and keeps
# build/bench.json. make bench-svg draws docs/bench.svg from it. As root; needs hyperfine, crun and runc.
.PHONY: bench bench-svg
bench: all build/test-agent
	@$(TSX) bench/bench.ts --json build/bench.json

bench-svg:
	@$(TSX) bench/draw.ts build/bench.json docs/bench.svg

# The smallest memory limit that each runtime needs, found in a user-mode-linux guest.
.PHONY: bench-floor
bench-floor: all
	@$(TSX) bench/floor.ts

# The time of a whole docker run, with runt and with runc: a file of the engines lane.
.PHONY: bench-docker
bench-docker: all build/test-agent
	@$(TSX) bench/docker.ts
