#!/usr/bin/env bash
# Install the requirements of a target under .odoo/: tools/setup.sh [browser] [node]
#
# Always: PostgreSQL, Odoo, the Python packages, the configuration. "browser" adds
# Chromium for the tours, "node" the linters of JavaScript and the checker of
# accessibility. Every step writes a stamp of its inputs, so that a later run repeats
# only the steps that have changed.
#
#   ODOO_HOME  an Odoo 19 checkout to use instead of Debian's package
#   PGHOST ... a PostgreSQL server to use instead of a private one
#   PYTHON     the Python to use, 3.10 to 3.13
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

STAMPS=$WORK/stamps
ODOO_PACKAGE=$WORK/odoo
DIST_PACKAGES=$ODOO_PACKAGE/usr/lib/python3/dist-packages
OLDEST_PG=13 # as for Odoo 19
# The caches of the package managers are here as well.
export PIP_CACHE_DIR=$WORK/cache/pip UV_CACHE_DIR=$WORK/cache/uv
export npm_config_cache=$WORK/cache/npm PIP_DISABLE_PIP_VERSION_CHECK=1

### The inputs of each step. If they differ from its stamp, it runs again.

state_system() {
    [[ -n $PRIVATE_PG ]] && ! pg_bin >/dev/null && return 1
    command -v psql >/dev/null && echo present
}
state_odoo() {
    [[ -n ${ODOO_HOME:-} || -d $DIST_PACKAGES ]] &&
        digest "$TOOLS/fetch_odoo.py" -- "${ODOO_HOME:-}"
}
state_python() {
    [[ -x $PYTHON_BIN && -e $ODOO_SCRIPT ]] &&
        digest "$ROOT"/requirements*.txt -- "$(odoo_path)" "${PYTHON:-}" "$VENV"
}
state_postgres() {
    local server=private # also where the variables name it, as use_pg lets them
    [[ -n $PRIVATE_PG ]] || server=$PGHOST
    pg_running && digest -- "$server" "$(declare -f pg_settings)"
}
state_browser() { command -v chromium google-chrome || true; }
state_node() {
    [[ -d $NODE_DIR/node_modules ]] &&
        digest "$TOOLS/package.json" "$TOOLS/package-lock.json" -- "$(node --version)"
}

### Steps

# apt_install WHY PACKAGE...
apt_install() {
    local why=$1 as_root=()
    shift
    command -v apt-get >/dev/null ||
        die "$why is missing, and this machine has no apt-get" "Install it by hand."
    if ((EUID != 0)); then
        command -v sudo >/dev/null || die "$why is missing" "As root: apt-get install $*"
        as_root=(sudo)
        [[ -t 0 ]] || as_root+=(-n) # without a terminal, ask for no password
    fi
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive sh -ec '
        install() { apt-get install -y --no-install-recommends "$@" </dev/null; }
        install "$@" || { apt-get update && install "$@"; }' apt_install "$@"
}

step_system() {
    if [[ -n $PRIVATE_PG ]]; then
        apt_install "PostgreSQL" postgresql postgresql-client
    else
        apt_install "psql" postgresql-client
    fi
}

odoo_path() { echo "${ODOO_HOME:-$DIST_PACKAGES}"; }

step_odoo() {
    if [[ -n ${ODOO_HOME:-} ]]; then
        grep -q "version_info = (19, 0" "$ODOO_HOME/odoo/release.py" ||
            die "ODOO_HOME=$ODOO_HOME is no checkout of Odoo 19"
    else
        "$(find_python)" "$TOOLS/fetch_odoo.py" "$ODOO_PACKAGE" "$WORK/apt"
    fi
}

# The first Python that Odoo 19 runs on.
find_python() {
    local python
    for python in ${PYTHON:-python3 python3.13 python3.12 python3.11 python3.10}; do
        if "$python" -c 'import sys; sys.exit(not (3, 10) <= sys.version_info < (3, 14))' \
            2>/dev/null; then
            echo "$python"
            return
        fi
    done
    die "no Python between 3.10 and 3.13" "Name one: PYTHON=/path/to/python3 make ..."
}

step_python() {
    local python
    python=$(find_python)
    "$python" -c 'import ensurepip' 2>/dev/null || apt_install "venv" python3-venv
    # Kept when only the requirements have changed, as it may be in use.
    if [[ ! -e $VENV/made-for || $(<"$VENV/made-for") != "$python $VENV" ]]; then
        rm -rf "$VENV"
        "$python" -m venv "$VENV"
        echo "$python $VENV" >"$VENV/made-for"
    fi
    # uv takes seconds where pip takes most of a minute, but does not read pip's
    # configuration: where that names another index, pip does it. The list is
    # complete (--no-deps), and Odoo, which OCA addons ask for, is not in the index.
    local install=(install --no-deps -r "$ROOT/requirements-dev.txt")
    if ! { "$PYTHON_BIN" -m pip install uv &&
        "$PYTHON_BIN" -m uv pip "${install[@]}" --python "$PYTHON_BIN"; }; then
        "$PYTHON_BIN" -m pip "${install[@]}"
    fi
    # Makes Odoo importable. Debian's has its egg-info there too, so pip sees
    # "odoo 19.0" as installed, and OCA addons resolve.
    odoo_path >"$("$PYTHON_BIN" -c 'import sysconfig
print(sysconfig.get_path("purelib"))')/odoo19.pth"
    # A file, not "python -m odoo": Odoo runs it again for its websocket process.
    printf '%s\n' "#!$PYTHON_BIN" "import odoo.cli" "odoo.cli.main()" >"$ODOO_SCRIPT"
    chmod +x "$ODOO_SCRIPT"
    "$PYTHON_BIN" "$ODOO_SCRIPT" --version
}

pg_settings() {
    # listen_addresses is empty and the socket its owner's: "trust" trusts nobody else.
    cat <<CONF
listen_addresses = ''
port = 5432
unix_socket_directories = '$1'
unix_socket_permissions = 0700
max_connections = 200
shared_buffers = 1GB
work_mem = 32MB
maintenance_work_mem = 256MB
synchronous_commit = off
max_wal_size = 4GB
random_page_cost = 1.1
CONF
}

# The folder of the private server: .odoo/pg, unless the path of its socket would be
# too long for the system, or root's "postgres" user may not enter this checkout.
pg_folder() {
    local folder=$WORK/pg
    if ((${#folder} > 85)) || ! as_pg test -x "$WORK"; then
        folder=/var/tmp/$MODULE-$(digest -- "$ROOT")
        say "PostgreSQL cannot work in $WORK/pg: it goes to $folder"
    fi
    echo "$folder"
}

check_server() {
    local version
    version=$(psql -d postgres -Atc 'SHOW server_version_num') ||
        die "PGHOST=$PGHOST does not answer" "Try: psql -d postgres"
    ((version >= OLDEST_PG * 10000)) ||
        die "PostgreSQL $OLDEST_PG or newer is needed: that of $PGHOST is $((version / 10000))"
}

step_postgres() {
    if [[ -z $PRIVATE_PG ]]; then
        check_server
        return
    fi
    local bin folder
    bin=$(pg_bin)
    pg_stop || true # its settings may have changed
    folder=$(pg_folder)
    if [[ ! -e $folder/data/PG_VERSION ]]; then
        mkdir -p "$folder/data"
        chmod 755 "$folder"
        ((EUID != 0)) || chown postgres: "$folder" "$folder/data"
        as_pg "$bin/initdb" -D "$folder/data" -U postgres --auth=trust -E UTF8 \
            --locale=C.UTF-8
        as_pg sh -c "echo \"include_if_exists = 'backorder_atp.conf'\" \
            >>'$folder/data/postgresql.conf'"
    fi
    pg_settings "$folder" | as_pg tee "$folder/data/backorder_atp.conf" >/dev/null
    as_pg "$bin/pg_ctl" -D "$folder/data" -l "$folder/server.log" -w -t 60 start
    echo "$folder" >"$WORK/pg.socket"
    "$bin/psql" -h "$folder" -U postgres -d postgres -v ON_ERROR_STOP=1 <<SQL
SELECT 'CREATE ROLE $PG_ROLE LOGIN CREATEDB'
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '$PG_ROLE') \gexec
SQL
}

step_browser() { apt_install "Chromium" chromium; }

step_node() {
    command -v node >/dev/null || apt_install "Node.js" nodejs
    command -v npm >/dev/null || apt_install "npm" npm
    mkdir -p "$NODE_DIR"
    cp "$TOOLS/package.json" "$TOOLS/package-lock.json" "$NODE_DIR"
    npm --prefix "$NODE_DIR" ci --no-audit --no-fund --ignore-scripts
}

### Quick steps, repeated at every run

# Odoo finds the root addon by a link, regardless of the name of the checkout.
link_addon() {
    mkdir -p "$ODOO_ADDONS"
    [[ -L $ODOO_ADDONS/$MODULE ]] || ln -sfn ../.. "$ODOO_ADDONS/$MODULE"
}

odoo_conf() {
    local paths=()
    if [[ -n ${ODOO_HOME:-} ]]; then
        paths+=("$ODOO_HOME/addons")
    fi
    [[ ! -e $ROOT/__manifest__.py ]] || paths+=("$ODOO_ADDONS")
    [[ -z $(addons) ]] || paths+=("$ROOT/addons")
    cat <<CONF
; Written by tools/setup.sh at every run: changes made here are lost.
[options]
addons_path = $(join , "${paths[@]}")
data_dir = $WORK/data
http_interface = 127.0.0.1
${PGHOST:+db_host = $PGHOST}
${PGPORT:+db_port = $PGPORT}
${PGUSER:+db_user = $PGUSER}
screenshots = $WORK/screenshots
; A receipt for thousands of orders, under coverage, on a small machine.
limit_time_cpu = 600
limit_time_real = 1200
CONF
}

write_conf() {
    local conf
    conf=$(odoo_conf)
    [[ -e $ODOO_RC && $(<"$ODOO_RC") == "$conf" ]] || printf '%s\n' "$conf" >"$ODOO_RC"
}

### Running them

declare -A TITLES=(
    [system]="System packages"
    [odoo]="Odoo 19"
    [python]="Python packages"
    [postgres]="PostgreSQL"
    [browser]="Chromium"
    [node]="JavaScript tools"
)
declare -A HINTS=(
    [system]="Install the PostgreSQL server by hand, or set PGHOST to one that runs."
    [odoo]="Is the Debian mirror reachable? Or set ODOO_HOME to an Odoo 19 checkout."
    [python]="Is the Python package index reachable? Another Python: PYTHON=python3.11"
    [postgres]="Set PGHOST to a server that runs, or start afresh: make clean"
    [browser]="Install Chromium by hand: the tours need it."
    [node]="Is the npm registry reachable? Node.js 18 or later is needed."
)

# A step is up to date if its stamp equals its current inputs.
fresh() {
    local state
    state=$("state_$1" 2>/dev/null) && [[ -n $state ]] &&
        [[ -e $STAMPS/$1 && $(<"$STAMPS/$1") == "$state" ]]
}

# A step whose work is already done (PostgreSQL was installed) has no stamp yet.
present() { [[ $1 == system || $1 == browser ]] && [[ -n $("state_$1") ]]; }

all_fresh() {
    local step
    for step in "$@"; do fresh "$step" || return 1; done
}

run_step() {
    local step=$1 number=$2 total=$3 log=$LOGS/setup-$1.log status=0
    use_pg
    fresh "$step" && return
    if ! present "$step"; then
        say "[$number/$total] ${TITLES[$step]} ..."
        # In a separate shell, as "set -e" has no effect inside "if" and "||".
        "$BASH" "${BASH_SOURCE[0]}" --step "$step" >"$log" 2>&1 </dev/null || status=$?
        if ((status != 0)); then
            tail -n 20 "$log" >&2
            die "the set-up failed at step $number of $total: ${TITLES[$step]}" \
                "The whole log: ${log#"$ROOT"/}" "${HINTS[$step]}"
        fi
    fi
    use_pg
    "state_$step" >"$STAMPS/$step" || true
    [[ -s $STAMPS/$step ]] || die "step ${TITLES[$step]} left nothing behind" "See $log"
}

main() {
    local steps=(system odoo python postgres) number=0 step
    case ${1:-} in
    --step)
        use_pg
        "step_$2"
        return
        ;;
    --locked) shift ;;
    *)
        use_pg
        if ! all_fresh "${steps[@]}" "$@"; then
            with_lock setup "$BASH" "${BASH_SOURCE[0]}" --locked "$@"
            use_pg
        fi
        link_addon
        write_conf
        return
        ;;
    esac
    mkdir -p "$STAMPS" "$LOGS"
    steps+=("$@")
    for step in "${steps[@]}"; do
        number=$((number + 1))
        run_step "$step" "$number" "${#steps[@]}"
    done
}

main "$@"
