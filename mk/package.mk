# SPDX-License-Identifier: Apache-2.0
# make deb, make tarball: what `make install` installs, as a Debian package and as an archive to unpack at /, in PACKAGES=build/packages. The
# same commit makes the same bytes.
PACKAGES ?= $(B)/packages

.PHONY: deb tarball
deb: all man completions
	@tools/make-package.sh deb '$(PACKAGES)' $(ARCH)

tarball: all man completions
	@tools/make-package.sh tarball '$(PACKAGES)' $(ARCH)
