#!/usr/bin/env bash
# Try the ways of docs/installing.md, from nothing to a confirmed order:
#   tools/try_install.sh [wheels] [submodule] [existing]
#
# PYTHON, ODOO_HOME and PGHOST as for tools/setup.sh. The submodule and the existing
# server get what is committed.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
"$TOOLS/setup.sh"
use_pg
export PIP_CACHE_DIR=$WORK/cache/pip PIP_DISABLE_PIP_VERSION_CHECK=1

FOLDER=$(mktemp -d)
DB=try_$$
trap 'rm -rf "$FOLDER"; drop_db "$DB" 2>/dev/null' EXIT
# The folder that holds the package odoo.
SOURCE=${ODOO_HOME:-$WORK/odoo/usr/lib/python3/dist-packages}

# write_conf FOLDER...: the addons path of a company's server
write_conf() {
    export ODOO_RC=$FOLDER/odoo.conf
    cat >"$ODOO_RC" <<CONF
[options]
addons_path = $(join , "$@")
data_dir = $FOLDER/data
db_host = ${PGHOST:-}
db_port = ${PGPORT:-5432}
db_user = ${PGUSER:-}
CONF
}

# odoo_addons: those of an Odoo checkout; a package has them in odoo/addons
odoo_addons() {
    [[ -d $SOURCE/addons ]] && echo "$SOURCE/addons" || echo "$SOURCE/odoo/addons"
}

# install MODULE,... ODOO-COMMAND...: into a new database
install() {
    local modules=$1
    shift
    createdb "$DB" && "$@" -d "$DB" -i "$modules" --stop-after-init --no-http --max-cron-threads=0 \
        >"$FOLDER/install.log" 2>&1
}

# install_and_sell MODULE,... ODOO-COMMAND...
install_and_sell() {
    local modules=$1
    shift
    if ! install "$modules" "$@" || grep -E ' (CRITICAL|ERROR) ' "$FOLDER/install.log"; then
        tail -n 30 "$FOLDER/install.log" >&2
        die "Odoo could not install $modules"
    fi
    sell "$DB" "$@"
    drop_db "$DB"
}

# refuse SENTENCE COMMAND...: it must fail with this sentence
refuse() {
    local sentence=$1 output
    shift
    output=$("$@" 2>&1 || true)
    grep -qF "$sentence" <<<"$output" || {
        tail -n 5 <<<"$output" >&2
        die "This should have been said: $sentence"
    }
}

# import_addon NAME: as Odoo does when it installs the addon
import_addon() {
    "$PYTHON_BIN" - "$1" <<'PYTHON'
import importlib, sys
from odoo.modules.module import initialize_sys_path
from odoo.tools import config

config.parse_config([])
initialize_sys_path()
importlib.import_module(f"odoo.addons.{sys.argv[1]}")
PYTHON
}

# The extras for addons of OCA.
OCA=fastapi,queue-job,sale-exception,sale-tier-validation

try_wheels() {
    local venv=$FOLDER/venv name
    make -C "$ROOT" wheel >"$FOLDER/wheel.log" 2>&1 || die "$(tail "$FOLDER/wheel.log")"
    "${PYTHON:-$PYTHON_BIN}" -m venv "$venv"
    "$venv/bin/pip" install --quiet --requirement "$ROOT/requirements.txt"
    echo "$SOURCE" >"$("$venv/bin/python" -c 'import sysconfig
print(sysconfig.get_path("purelib"))')/odoo19.pth"
    "$venv/bin/pip" install --quiet --find-links "$ROOT/dist" \
        "odoo-addon-backorder_atp[suite,apps,$OCA]"
    for name in $(addons | grep -v -e _demo -e ^test_); do
        [[ -e $(echo "$venv"/lib/python3*/site-packages/odoo/addons/"$name") ]] ||
            die "The extras of odoo-addon-backorder_atp do not bring $name"
    done
    printf '%s\n' "#!$venv/bin/python" "import odoo.cli" "odoo.cli.main()" >"$venv/bin/odoo"
    write_conf "$(odoo_addons)"
    install_and_sell backorder_atp_suite,backorder_atp_fastapi \
        "$venv/bin/python" "$venv/bin/odoo"
}

try_submodule() {
    local server=$FOLDER/server odoo=("$PYTHON_BIN" "$ODOO_SCRIPT")
    git init -q "$server"
    git -C "$server" -c protocol.file.allow=always submodule --quiet add "$ROOT" promises
    write_conf "$server/promises/setup" "$server/promises/addons"
    install_and_sell backorder_atp_suite "${odoo[@]}"
    write_conf "$server/promises/addons"
    createdb "$DB"
    refuse "not available in your system" "${odoo[@]}" -d "$DB" -i backorder_atp_suite \
        --stop-after-init --no-http --max-cron-threads=0
    drop_db "$DB"
    write_conf "$server" "$server/promises/addons"
    refuse "must be named backorder_atp" import_addon promises
}

# An Odoo checkout has its addons in addons/: Debian's package is shown as one.
make_checkout() {
    mkdir "$FOLDER/odoo"
    ln -s "$SOURCE/odoo" "$FOLDER/odoo/odoo"
    ln -s "$SOURCE/odoo/addons" "$FOLDER/odoo/addons"
}

try_existing() {
    local clone=$FOLDER/clone
    git clone -q "$ROOT" "$clone"
    if [[ -z ${ODOO_HOME:-} ]]; then
        make_checkout
        export ODOO_HOME=$FOLDER/odoo
    fi
    install_and_sell backorder_atp_suite "$clone/tools/odoo"
}

(($#)) || set -- wheels submodule existing
for way in "$@"; do
    say "=== $way"
    ("try_$way")
    say "an order was confirmed and delivered"
done
