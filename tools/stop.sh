#!/usr/bin/env bash
# Stop the private PostgreSQL; --remove also removes everything that was set up.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
pg_stop
# That of the soak is stopped after each run, unless the run was killed.
soak=$(cat "$WORK/pg.socket" 2>/dev/null || echo "$WORK/pg")-soak
if [[ -e $soak/data/postmaster.pid ]]; then
    as_pg "$(pg_bin)/pg_ctl" -D "$soak/data" -m fast -w stop >&2 || true
fi
if [[ ${1:-} == --remove && -d $WORK ]]; then
    # It may be outside (see pg_folder in setup.sh), but only there.
    if [[ -e $WORK/pg.socket && $(<"$WORK/pg.socket") == /var/tmp/"$MODULE"-* ]]; then
        rm -rf "$(<"$WORK/pg.socket")" "$soak"
    fi
    rm -rf "$WORK"
fi
