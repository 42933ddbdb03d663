#!/usr/bin/env bash
# Run every linter over every file, those that git does not know yet included.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
"$TOOLS/setup.sh" node
cd "$ROOT"
# Everything that the linters leave behind goes to .odoo, too.
export PRE_COMMIT_HOME=$WORK/pre-commit
export RUFF_CACHE_DIR=$WORK/ruff
export PYLINTHOME=$WORK/pylint
mapfile -d '' -t files < <(git ls-files -z --cached --others --exclude-standard --deduplicate)
existing=()
for file in "${files[@]}"; do
    [[ ! -e $file && ! -L $file ]] || existing+=("$file")
done
exec "$PYTHON_BIN" -m pre_commit run --files "${existing[@]}" "$@"
