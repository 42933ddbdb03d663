#!/usr/bin/env bash
# Run every linter over every file, including untracked ones.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
"$TOOLS/setup.sh" node
cd "$ROOT"
# The caches of the linters are in .odoo, too.
export PRE_COMMIT_HOME=$WORK/pre-commit
export RUFF_CACHE_DIR=$WORK/ruff
export PYLINTHOME=$WORK/pylint
mapfile -d '' -t files < <(git ls-files -z --cached --others --exclude-standard --deduplicate)
existing=()
for file in "${files[@]}"; do
    [[ ! -e $file && ! -L $file ]] || existing+=("$file")
done
exec "$PYTHON_BIN" -m pre_commit run --files "${existing[@]}" "$@"
