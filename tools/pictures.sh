#!/usr/bin/env bash
# Take the pictures of docs/images from a copy of the demo: tools/pictures.sh [NAME...]
#
# With JOURNEY_URL a running server is used instead, which keeps the changes.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
source "$TOOLS/demo_copy.sh"
"$TOOLS/setup.sh" browser
use_pg
export ODOO_RC

if [[ -z ${JOURNEY_URL:-} ]]; then
    make_demo_copy "pictures_$$"
    if (($# == 0)) || [[ " $* " == *" reconcile "* ]]; then
        psql -d "$COPY" -q --set ON_ERROR_STOP=1 -f "$TOOLS/pictures.sql"
    fi
    serve_demo_copy "${PORT:-8269}" "$LOGS/pictures.log"
fi
export PICTURE_FAULTS=$LOGS/picture
"$PYTHON_BIN" "$ROOT/journeys/take_pictures.py" "$ROOT/docs/images" "$@"
