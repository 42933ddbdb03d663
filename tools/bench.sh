#!/usr/bin/env bash
# Run the benchmarks; they create their databases with tools/database.sh.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
"$TOOLS/setup.sh"
use_pg
export ODOO_RC
cd "$ROOT"
exec "$PYTHON_BIN" benchmarks/run.py "$@"
