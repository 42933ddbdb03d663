#!/usr/bin/env bash
# Stop the private PostgreSQL; --remove also removes everything that was set up.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
pg_stop
if [[ ${1:-} == --remove && -d $WORK ]]; then
    # It may be outside (see pg_folder in setup.sh), but only there.
    if [[ -e $WORK/pg.socket && $(<"$WORK/pg.socket") == /var/tmp/"$MODULE"-* ]]; then
        rm -rf "$(<"$WORK/pg.socket")"
    fi
    rm -rf "$WORK"
fi
