# shellcheck shell=bash disable=SC2034
# Paths, messages and functions of all tools. Sourced, not run.
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
TOOLS=$ROOT/tools
MODULE=backorder_atp # the addon that the root of this repository is
WORK=$ROOT/.odoo
LOGS=$WORK/log
VENV=$WORK/venv
PYTHON_BIN=$VENV/bin/python
ODOO_SCRIPT=$VENV/bin/odoo
ODOO_ADDONS=$WORK/addons
ODOO_RC=$WORK/odoo.conf
NODE_DIR=$WORK/node
PG_ROLE=odoo # Odoo refuses to work as "postgres"
# An existing server is used if the usual variables name it. In processes started by
# these tools they name the private one.
PRIVATE_PG=1
if [[ -n ${PGHOST:-} && $PGHOST != "$(cat "$WORK/pg.socket" 2>/dev/null)" ]]; then
    PRIVATE_PG=
fi

say() { printf '%s\n' "$*" >&2; }
join() {
    local IFS=$1
    shift
    echo "$*"
}
die() {
    say "" "error: $1"
    shift
    for line in "$@"; do say "  $line"; done
    exit 1
}

# digest [FILE...] [-- WORD...]: one short hash of the files' content and the words.
digest() {
    local files=()
    while (($#)) && [[ $1 != -- ]]; do
        files+=("$1")
        shift
    done
    {
        cat /dev/null "${files[@]}"
        printf '%s\n' "$@"
    } | sha256sum | cut -c1-16
}

# with_lock NAME COMMAND...: concurrent runs must not create the same thing. The
# command does not inherit the lock (-o), or the PostgreSQL it starts would keep it.
with_lock() {
    local file=$WORK/lock/$1
    shift
    mkdir -p "$WORK/lock"
    flock -n "$file" true || say "waiting for another run that holds ${file#"$ROOT"/} ..."
    flock -o "$file" "$@"
}

### PostgreSQL

# The newest server on this machine; Debian keeps its programs out of PATH.
pg_bin() {
    local folder
    for folder in $(printf '%s\n' /usr/lib/postgresql/*/bin | sort -rV) \
        "$(dirname "$(command -v postgres || echo /nowhere/postgres)")"; do
        if [[ -x $folder/postgres && -x $folder/initdb ]]; then
            printf '%s\n' "$folder"
            return
        fi
    done
    return 1
}

# PostgreSQL will not run as root: there, its own user runs it.
as_pg() {
    if ((EUID == 0)); then
        (cd / && runuser -u postgres -- "$@")
    else
        "$@"
    fi
}

# Point libpq (psql, createdb, Odoo, the tests) at the private server.
use_pg() {
    [[ -n $PRIVATE_PG && -e $WORK/pg.socket ]] || return 0
    PGHOST=$(<"$WORK/pg.socket")
    PGPORT=5432
    PGUSER=$PG_ROLE
    export PGHOST PGPORT PGUSER
    unset PGPASSWORD PGDATABASE PGHOSTADDR
}

pg_running() {
    [[ -n $PRIVATE_PG ]] || return 0
    [[ -e $WORK/pg.socket && -S $(<"$WORK/pg.socket")/.s.PGSQL.5432 ]] &&
        "$(pg_bin)/pg_isready" -q -h "$(<"$WORK/pg.socket")" -p 5432
}

pg_stop() {
    [[ -n $PRIVATE_PG && -e $WORK/pg.socket ]] && pg_running || return 0
    as_pg "$(pg_bin)/pg_ctl" -D "$(<"$WORK/pg.socket")/data" -m fast -w stop >&2
}

db_exists() {
    [[ $(psql -d postgres -Atc \
        "SELECT 1 FROM pg_database WHERE datname = '$1'") == 1 ]]
}

drop_db() {
    dropdb --if-exists --force "$1" 2>/dev/null || dropdb --if-exists "$1"
    rm -rf "$WORK/data/filestore/${1:?}"
}

# copy_db FROM TO: database and filestore.
copy_db() {
    drop_db "$2"
    createdb -T "$1" "$2"
    if [[ -d $WORK/data/filestore/$1 ]]; then
        mkdir -p "$WORK/data/filestore"
        # Linked, not copied: Odoo writes a file once and never changes it.
        cp -al "$WORK/data/filestore/$1" "$WORK/data/filestore/$2"
    fi
}

rename_db() {
    psql -d postgres -qc "ALTER DATABASE \"$1\" RENAME TO \"$2\""
    rm -rf "$WORK/data/filestore/${2:?}"
    if [[ -d $WORK/data/filestore/$1 ]]; then
        mv "$WORK/data/filestore/$1" "$WORK/data/filestore/$2"
    fi
}

### Odoo

# The addons beside the root: for other apps, in addons/.
addons() {
    local manifest
    for manifest in "$ROOT"/addons/*/__manifest__.py; do
        [[ -e $manifest ]] && basename "$(dirname "$manifest")"
    done
    return 0
}

# Those of them that depend only on the root, Purchase and each other.
features() { "$PYTHON_BIN" "$TOOLS/features.py"; }

# The files of the named addons that affect a database:
# not tests, documentation or static files, which a database does not hold.
addon_files() {
    local name folder
    for name in "$@"; do
        folder=$(addon_folder "$name")
        find "$folder" \( -name '.*' -o -name __pycache__ -o -path "$folder/tests" \
            -o -path "$folder/static" -o -path "$folder/docs" \
            -o -path "$folder/readme" -o -path "$folder/addons" \
            -o -path "$folder/benchmarks" -o -path "$folder/journeys" \
            -o -path "$folder/soak" -o -path "$folder/tools" \) \
            ! -path "$folder" -prune -o -type f \
            \( -name '*.py' -o -name '*.xml' -o -name '*.csv' -o -name '*.po' \
            -o -name '*.sql' -o -path "$folder/data/*" -o -path "$folder/demo/*" \) -print
    done | LC_ALL=C sort
}

# addon_hash NAME...: changes when a database with them must be created again.
addon_hash() {
    local files=()
    mapfile -t files < <(addon_files "$@")
    digest "${files[@]}" -- "${files[@]#"$ROOT"}"
}

addon_folder() {
    if [[ $1 == "$MODULE" ]]; then echo "$ROOT"; else echo "$ROOT/addons/$1"; fi
}

# The dependencies of the named addons of this repository, without the addons.
dependencies() {
    local name manifests=()
    for name in "$@"; do manifests+=("$(addon_folder "$name")/__manifest__.py"); done
    "$PYTHON_BIN" - "$MODULE" "${manifests[@]}" <<'PYTHON'
import ast, pathlib, sys

own, manifests = {sys.argv[1]}, [pathlib.Path(path) for path in sys.argv[2:]]
own |= {path.parent.name for path in manifests if path.parent.parent.name == "addons"}
depends = {
    name
    for path in manifests
    for name in ast.literal_eval(path.read_text(encoding="utf-8"))["depends"]
}
print(*sorted(depends - own), sep="\n")
PYTHON
}

is_own() { [[ $1 == "$MODULE" || -e $ROOT/addons/$1/__manifest__.py ]]; }

# pytest_on DB ARG...: from the folder with the link, as from the checkout itself Python
# would import odoo.addons.<whatever the checkout is called>.
pytest_on() {
    local db=$1
    shift
    (
        cd "$ODOO_ADDONS"
        PYTHONPATH=$TOOLS${PYTHONPATH:+:$PYTHONPATH} "$PYTHON_BIN" -m pytest -p pytest_filestore \
            --rootdir=. --confcutdir=. -c "$ROOT/pytest.ini" \
            -o cache_dir="$WORK/pytest_cache" --odoo-database="$db" --odoo-http "$@"
    )
}

# install_modules DB MODULE,... [OPTION...]: with its own log; no server is started.
install_modules() {
    local db=$1 modules=$2 log=$LOGS/install-$1.log status=0
    shift 2
    mkdir -p "$LOGS"
    ODOO_RC=$ODOO_RC "$PYTHON_BIN" "$ODOO_SCRIPT" -d "$db" --no-http --stop-after-init \
        --max-cron-threads=0 "$@" >"$log" 2>&1 </dev/null || status=$?
    # Odoo continues without demo data that it could not load.
    if ((status != 0)) || grep -qE ' (CRITICAL|ERROR) |demo data failed' "$log"; then
        grep -vE ' INFO ' "$log" | tail -n 40 >&2
        die "Odoo could not install $modules" "The whole log: ${log#"$ROOT"/}"
    fi
}

# sell DB ODOO-COMMAND...: confirm and deliver an order, part of which is beyond stock.
sell() {
    local db=$1
    shift
    "$@" shell -d "$db" --no-http --log-level=error <"$TOOLS/sale.py"
}
