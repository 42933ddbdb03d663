#!/usr/bin/env bash
# Put faults into the code on purpose, and show what notices them:
# tools/mutations.sh [--only "words of a name"]
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
"$TOOLS/setup.sh" browser
use_pg
mapfile -t ADDONS < <(addons)
mapfile -t FEATURES < <(features)
"$TOOLS/database.sh" mutation_root "$MODULE"
"$TOOLS/database.sh" mutation_features "$MODULE" "${FEATURES[@]}"
"$TOOLS/database.sh" mutation_addons "$MODULE" "${ADDONS[@]}"
exec "$PYTHON_BIN" "$ROOT/soak/mutate.py" "$@"
