# SPDX-License-Identifier: Apache-2.0
# What spec-schemas/ becomes: types, the quick judge, ajv's validators and the names of the properties.
SPEC_GENERATED := $(addprefix $(GEN_SHARED)/,spec-types.ts spec-outline.ts spec-accepts.js spec-accepts.d.ts validators.js validators.d.ts)

$(GEN_SHARED)/.spec: $(wildcard spec-schemas/*.json) tools/gen-spec.ts $(wildcard tools/gen-spec/*.ts) node_modules/.runt-lock
	$(TSX) tools/gen-spec.ts
	@touch $@
$(SPEC_GENERATED): $(GEN_SHARED)/.spec ;
