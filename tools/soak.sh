#!/usr/bin/env bash
# Break an installation with all addons on purpose: tools/soak.sh [OPTIONS OF soak/run.py]
#
# It has a PostgreSQL of its own, beside the private one, with a template that is made
# again when the addons or the company of the soak have changed. MINUTES, SEED and
# FAULTS are those of "make soak".
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
"$TOOLS/setup.sh"
use_pg

SOAK=$WORK/soak
CLUSTER=$(cat "$WORK/pg.socket" 2>/dev/null || echo "$WORK/pg")-soak
mapfile -t ADDONS < <(addons)
TEMPLATE=soak_$(digest "$ROOT/soak/world.py" -- "$(addon_hash "$MODULE" "${ADDONS[@]}")")

prepare() {
    # For code that is broken on purpose: the database stays as it is.
    if [[ -n ${SOAK_KEEP_TEMPLATE:-} ]]; then
        TEMPLATE=$(<"$SOAK/template")
        return
    fi
    if [[ -e $SOAK/template && $(<"$SOAK/template") == "$TEMPLATE" ]]; then return; fi
    "$TOOLS/database.sh" soak_source "$MODULE" "${ADDONS[@]}"
    mkdir -p "$SOAK" "$LOGS"
    "$PYTHON_BIN" "$ROOT/soak/prepare.py" "$CLUSTER" "$(pg_bin)" "$TEMPLATE" \
        "$SOAK/odoo.conf" soak_source >"$LOGS/soak-prepare.log" 2>&1 ||
        die "the database of the soak could not be made" "$(tail "$LOGS/soak-prepare.log")"
    drop_db soak_source
    echo "$TEMPLATE" >"$SOAK/template"
}

prepare
seconds=$("$PYTHON_BIN" -c 'import sys; print(60 * float(sys.argv[1]))' "${MINUTES:-10}")
exec "$PYTHON_BIN" "$ROOT/soak/run.py" --cluster "$CLUSTER" --pg-bin "$(pg_bin)" \
    --template "$TEMPLATE" --conf "$SOAK/odoo.conf" --runs "$SOAK/runs" \
    --seconds "$seconds" ${SEED:+--seed "$SEED"} --faults "${FAULTS:-all}" "$@"
