#!/usr/bin/env bash
# Test each feature separately: tools/each.sh [ADDON...] [-- PYTEST ARGS]
#
# It is installed with its dependencies only, its tests are run there, and it is
# uninstalled again: orders must be confirmed and delivered without it. Without names,
# the second of two updates of all of them must change nothing.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
"$TOOLS/setup.sh" browser
use_pg
export ODOO_RC
export HYPOTHESIS_STORAGE_DIRECTORY=$WORK/hypothesis

DB=each_$$
trap 'drop_db "$DB" 2>/dev/null' EXIT

names=()
while (($#)) && [[ $1 != -- ]]; do
    names+=("$1")
    shift
done
shift || true
if ((${#names[@]} == 0)); then
    mapfile -t names < <(features)
    "$TOOLS/update_twice.sh"
fi

# run_tests ADDON PYTEST ARGS...
run_tests() {
    local folder=$ROOT/addons/$1/tests result=0
    shift
    [[ -d $folder ]] || return 0
    pytest_on "$DB" -q "$folder" "$@" || result=$?
    ((result == 5)) || return "$result" # no test was selected
}

failed=()
for name in "${names[@]}"; do
    say "=== $name"
    mapfile -t needed < <("$PYTHON_BIN" "$TOOLS/features.py" "$name")
    "$TOOLS/database.sh" "$DB" "${needed[@]}"
    run_tests "$name" "$@" || failed+=("$name: tests")
    "$PYTHON_BIN" "$ODOO_SCRIPT" module uninstall -d "$DB" "$name" >/dev/null 2>"$LOGS/each-$name.log" ||
        failed+=("$name: uninstalling, see ${LOGS#"$ROOT"/}/each-$name.log")
    sell "$DB" "$PYTHON_BIN" "$ODOO_SCRIPT" || failed+=("$name: a sale without it")
done
((${#failed[@]} == 0)) || die "These do not stand alone:" "${failed[@]}"
