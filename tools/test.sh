#!/usr/bin/env bash
# Run the tests with pytest-odoo, on a throwaway database: tools/test.sh [PYTEST ARGS]
#
# The root is tested alone; the addons beside it, before that and all together.
# Each of TEST_WORKERS processes (one per core, at most 4) has a copy of the database.
# COVERAGE_MIN=95 measures the coverage, too, and fails below that.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
"$TOOLS/setup.sh" browser
use_pg
export ODOO_RC
export COVERAGE_FILE=$WORK/coverage
export HYPOTHESIS_STORAGE_DIRECTORY=$WORK/hypothesis

DB=test_$$
CORES=$(nproc)
WORKERS=${TEST_WORKERS:-$((CORES < 4 ? CORES : 4))}
trap 'drop_db "$DB" 2>/dev/null' EXIT

# run_pytest "MODULE..." PATH... -- PYTEST ARGS
run_pytest() {
    local modules=$1 paths=()
    shift
    while [[ $1 != -- ]]; do
        paths+=("$1")
        shift
    done
    shift
    # shellcheck disable=SC2086  # one word per module
    "$TOOLS/database.sh" "$DB" $modules
    # From the folder with the link: from the checkout itself Python would import
    # odoo.addons.<whatever the checkout is called>.
    (
        cd "$ODOO_ADDONS"
        "$PYTHON_BIN" -m pytest --rootdir=. --confcutdir=. -c "$ROOT/pytest.ini" \
            -o cache_dir="$WORK/pytest_cache" --odoo-database="$DB" --odoo-http \
            --numprocesses="$WORKERS" --dist=loadscope \
            "${COVERAGE[@]}" "${paths[@]}" "$@"
    )
}

COVERAGE=()
if [[ -n ${COVERAGE_MIN:-} ]]; then
    rm -f "$COVERAGE_FILE"
    COVERAGE=(--cov="$ROOT" --cov-config="$TOOLS/coveragerc" --cov-append --cov-report=)
fi

status=0
mapfile -t ADDONS < <(addons)
if ((${#ADDONS[@]})); then
    paths=()
    for addon in "${ADDONS[@]}"; do
        [[ ! -d $ROOT/addons/$addon/tests ]] || paths+=("$ROOT/addons/$addon/tests")
    done
    if ((${#paths[@]})); then
        say "Addons: ${ADDONS[*]}"
        run_pytest "$MODULE ${ADDONS[*]}" "${paths[@]}" -- "$@" || status=$?
        ((status != 5)) || status=0 # a selection that has no test of a addon
    fi
fi
if [[ -n ${COVERAGE_MIN:-} ]]; then
    COVERAGE+=(--cov-report=term "--cov-fail-under=$COVERAGE_MIN")
fi
run_pytest "$MODULE" "$MODULE/tests" -- "$@" || status=$?
exit "$status"
