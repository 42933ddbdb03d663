#!/usr/bin/env bash
# Serve a database with demo data. It is created at the first run, updated when the
# addon has changed, and otherwise used as it is. --prepare: do not serve it.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

DB=demo
PORT=${PORT:-8069}
# The addons that are visible in a browser; the others would install further apps.
UNSEEN='mrp|mrp_subcontracting|point_of_sale|pos_sale|product_expiry'
UNSEEN+="|product_expiry_sourcing|queue_job|repair|sale_exception|sale_tier_validation"
mapfile -t ADDONS < <(addons | grep -v '^test_' | grep -vE "_($UNSEEN)\$")
OWN=("$MODULE" "${ADDONS[@]}")
# Needed for payments in the shop.
OTHERS=(payment_demo)

# The comment of the database has the hash of the addon it was created with.
stored_hash() {
    psql -d postgres -Atc "SELECT shobj_description(oid, 'pg_database')
        FROM pg_database WHERE datname = '$1'"
}
store_hash() { psql -d postgres -qc "COMMENT ON DATABASE \"$1\" IS '$2'"; }

prepare() {
    local hash
    hash=$(addon_hash "${OWN[@]}")
    if ! db_exists "$DB"; then
        say "Making the demo database, about five minutes ..."
        "$TOOLS/database.sh" demo_new --demo "${OWN[@]}" "${OTHERS[@]}"
        store_hash demo_new "$hash"
        rename_db demo_new "$DB"
    elif [[ $(stored_hash "$DB") != "$hash" ]]; then
        say "The addon has changed: updating the demo database ..."
        install_modules "$DB" "$(join , "${OWN[@]}")" --with-demo \
            -i "$(join , "${OWN[@]}" "${OTHERS[@]}")" -u "$(join , "${OWN[@]}")"
        store_hash "$DB" "$hash"
    fi
}

if [[ ${1:-} == --locked ]]; then
    use_pg
    prepare
    exit
fi
"$TOOLS/setup.sh"
use_pg
if [[ ${1:-} == --prepare ]]; then
    with_lock demo "$BASH" "${BASH_SOURCE[0]}" --locked
    exit
fi
if ! "$PYTHON_BIN" "$TOOLS/demo_server.py" --check-port "$PORT"; then
    die "port $PORT is taken" "Is a demo running already? Another port: make demo PORT=8090"
fi
with_lock demo "$BASH" "${BASH_SOURCE[0]}" --locked
export ODOO_RC
exec "$PYTHON_BIN" "$TOOLS/demo_server.py" "$PORT" "$DB" "$TOOLS/demo-logins.txt"
