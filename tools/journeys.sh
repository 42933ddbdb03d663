#!/usr/bin/env bash
# Drive the demo as its users do: tools/journeys.sh [PYTEST ARGS]
#
# The demo's database is copied, so that every run starts from the same state, and
# served as by "make demo". With JOURNEY_URL a running server is used instead, which
# keeps the changes.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
"$TOOLS/setup.sh" browser node
use_pg
export ODOO_RC
export AXE=$NODE_DIR/node_modules/axe-core/axe.min.js
export JOURNEY_PICTURES=$WORK/journeys

DB=journeys_$$
PORT=${PORT:-8169}
SERVER=

stop_server() {
    if [[ -n $SERVER ]]; then
        kill "$SERVER" 2>/dev/null || true
        wait "$SERVER" 2>/dev/null || true
    fi
    drop_db "$DB" 2>/dev/null
}

# The server writes its address once it answers.
start_server() {
    local log=$LOGS/journeys.log
    "$TOOLS/demo.sh" --prepare
    copy_db demo "$DB"
    trap stop_server EXIT
    "$PYTHON_BIN" "$TOOLS/demo_server.py" "$PORT" "$DB" "$TOOLS/demo-logins.txt" \
        >"$log" 2>&1 &
    SERVER=$!
    until grep -q "^http://" "$log"; do
        kill -0 "$SERVER" 2>/dev/null || die "the server has ended" "$(tail "$log")"
        sleep 0.5
    done
    export JOURNEY_URL=http://localhost:$PORT
}

[[ -n ${JOURNEY_URL:-} ]] || start_server
"$PYTHON_BIN" -m pytest --rootdir="$ROOT/journeys" -c "$ROOT/journeys/pytest.ini" \
    "$ROOT/journeys" "$@"
