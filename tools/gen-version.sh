#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Prints the TypeScript module with the version of package.json and the commit. usage: tools/gen-version.sh
set -eu
version=$(sed -nE 's/^ *"version": "([^"]+)",$/\1/p' package.json)
commit=$(git rev-parse HEAD 2>/dev/null || echo unknown)
printf '// SPDX-License-Identifier: Apache-2.0\nexport const VERSION: string = "%s";\nexport const COMMIT: string = "%s";\n' "$version" "$commit"
