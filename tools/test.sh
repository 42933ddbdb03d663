#!/usr/bin/env bash
# Run the tests with pytest-odoo, on a throwaway database: tools/test.sh [PYTEST ARGS]
#
# The root is tested alone; before that, the features in a database with all features,
# and the addons for other apps in a database with all addons.
# Each of TEST_WORKERS processes (one per core, at most 4) has a copy of the database.
# Without arguments a soak of one minute follows: see docs/reliability.md.
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
# What a server recovers from within seconds, so that there is a minute of work.
SOAK_FAULTS=kill_worker,kill_cron,kill_runner,terminate,terminate_commit,lock_rows
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
    pytest_on "$DB" --numprocesses="$WORKERS" --dist=loadscope \
        "${COVERAGE[@]}" "${paths[@]}" "$@"
}

COVERAGE=()
if [[ -n ${COVERAGE_MIN:-} ]]; then
    rm -f "$COVERAGE_FILE"
    COVERAGE=(--cov="$ROOT" --cov-config="$TOOLS/coveragerc" --cov-append --cov-report=)
fi

status=0
# run_addons "MODULE..." ADDON... -- PYTEST ARGS: the tests of the addons
run_addons() {
    local modules=$1 paths=() result=0
    shift
    while [[ $1 != -- ]]; do
        [[ ! -d $ROOT/addons/$1/tests ]] || paths+=("$ROOT/addons/$1/tests")
        shift
    done
    ((${#paths[@]})) || return 0
    say "Addons: $modules"
    run_pytest "$modules" "${paths[@]}" "$@" || result=$?
    ((result == 5)) || return "$result" # no test of these was selected
}

mapfile -t ADDONS < <(addons)
mapfile -t FEATURES < <(features)
mapfile -t OTHERS < <(comm -23 <(addons | sort) <(features))
run_addons "$MODULE ${ADDONS[*]}" "${OTHERS[@]}" -- "$@" || status=$?
run_addons "$MODULE ${FEATURES[*]}" "${FEATURES[@]}" -- "$@" || status=$?
if [[ -n ${COVERAGE_MIN:-} ]]; then
    COVERAGE+=(--cov-report=term "--cov-fail-under=$COVERAGE_MIN")
fi
run_pytest "$MODULE" "$MODULE/tests" -- "$@" || status=$?
if (($# == 0)); then # all tests: the soak as well, for a minute
    "$PYTHON_BIN" -m pytest -q -c "$ROOT/soak/pytest.ini" "$ROOT/soak" || status=$?
    MINUTES=1 SEED=1 FAULTS=$SOAK_FAULTS "$TOOLS/soak.sh" || status=$?
fi
exit "$status"
