# SPDX-License-Identifier: Apache-2.0
# make install [PREFIX=/usr/local] [DESTDIR=]: the binary, its man pages and shell completions. make uninstall takes them away.
DATA := $(DESTDIR)$(PREFIX)/share
BASH_COMPLETION := $(DATA)/bash-completion/completions/runt
ZSH_FUNCTIONS ?= zsh/site-functions
ZSH_COMPLETION := $(DATA)/$(ZSH_FUNCTIONS)/_runt
FISH_COMPLETION := $(DATA)/fish/vendor_completions.d/runt.fish

.PHONY: install uninstall
install: all man completions
	install -D -m 0755 $(B)/runt '$(DESTDIR)$(PREFIX)/sbin/runt'
	install -d '$(DATA)/man/man8'
	install -m 0644 build/man/*.8 '$(DATA)/man/man8'
	install -D -m 0644 build/completions/bash/runt '$(BASH_COMPLETION)'
	install -D -m 0644 build/completions/zsh/_runt '$(ZSH_COMPLETION)'
	install -D -m 0644 build/completions/fish/runt.fish '$(FISH_COMPLETION)'

uninstall:
	rm -f '$(DESTDIR)$(PREFIX)/sbin/runt' '$(DATA)/man/man8/runt.8' '$(DATA)/man/man8/'runt-*.8 \
		'$(BASH_COMPLETION)' '$(ZSH_COMPLETION)' '$(FISH_COMPLETION)'
