#!/usr/bin/env bash
# Drive a copy of the demo as its users do: tools/journeys.sh [PYTEST ARGS]
#
# With JOURNEY_URL a running server is used instead, which keeps the changes.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
source "$TOOLS/demo_copy.sh"
"$TOOLS/setup.sh" browser node
use_pg
export ODOO_RC
export AXE=$NODE_DIR/node_modules/axe-core/axe.min.js
export JOURNEY_PICTURES=$WORK/journeys

if [[ -z ${JOURNEY_URL:-} ]]; then
    make_demo_copy "journeys_$$"
    serve_demo_copy "${PORT:-8169}" "$LOGS/journeys.log"
fi
"$PYTHON_BIN" -m pytest --rootdir="$ROOT/journeys" -c "$ROOT/journeys/pytest.ini" \
    "$ROOT/journeys" "$@"
