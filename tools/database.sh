#!/usr/bin/env bash
# Make a database quickly: tools/database.sh NAME [--demo | --base-demo] MODULE...
#
# Installing takes most of a minute, copying a database less than a second. Therefore
# there are templates, created when needed: one with the modules of Odoo, and one that
# adds the addons of this repository, created again when their content has changed.
# NAME is a fresh copy; an existing one is replaced.
#   --demo       with the demo data of all modules
#   --base-demo  with the demo data of Odoo's modules only
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# build TEMPLATE MODULES FROM OPTION...: under another name until it is complete.
build() {
    local template=$1 modules=$2 from=$3 building=building_$1
    shift 3
    drop_db "$building"
    if [[ -n $from ]]; then copy_db "$from" "$building"; fi
    hide_demo "$building" "$from" "$@"
    install_modules "$building" "$modules" -i "$modules" "$@"
    show_demo "$building"
    rename_db "$building" "$template"
}

# Odoo installs an addon with demo data if its dependencies have some, regardless of
# the options: for --base-demo, hide that until the addon is installed.
hide_demo() {
    [[ -n $2 && " ${*:3} " != *" --with-demo "* ]] || return 0
    psql -q -d "$1" -c "CREATE TABLE demo_hidden AS
        SELECT id FROM ir_module_module WHERE demo;
        UPDATE ir_module_module SET demo = FALSE WHERE demo"
}

show_demo() {
    psql -q -d "$1" -c "DO \$\$ BEGIN
        IF to_regclass('demo_hidden') IS NOT NULL THEN
            UPDATE ir_module_module SET demo = TRUE WHERE id IN (SELECT id FROM demo_hidden);
            DROP TABLE demo_hidden;
        END IF; END \$\$"
}

# Odoo's own step before its browser tests: a test rolls back what it has to compile.
make_assets() {
    ODOO_RC=$ODOO_RC "$PYTHON_BIN" "$ODOO_SCRIPT" shell -d "$1" --no-http \
        --log-level=error <<'PYTHON'
env["ir.qweb"]._pregenerate_assets_bundles()
env.cr.commit()
PYTHON
}

make_templates() {
    local demo=$1 module base own=() depends=() base_options=() own_options=()
    shift
    [[ $demo == none ]] || base_options=(--with-demo)
    [[ $demo != all ]] || own_options=(--with-demo)
    for module in "$@"; do
        if is_own "$module"; then own+=("$module"); else depends+=("$module"); fi
    done
    if ((${#own[@]})); then
        # With the addons of ours that they need: those are no modules of Odoo.
        mapfile -t own < <("$PYTHON_BIN" "$TOOLS/features.py" "${own[@]}")
        mapfile -t -O "${#depends[@]}" depends < <(dependencies "${own[@]}")
    fi
    mapfile -t depends < <(printf '%s\n' "${depends[@]}" | LC_ALL=C sort -u)

    base=base_$(digest "$WORK/stamps/odoo" "$ROOT/requirements.txt" -- \
        "${base_options[*]}" "${depends[@]}")
    if ! db_exists "$base"; then
        say "[template 1] ${depends[*]} ${base_options[*]} ..."
        build "$base" "$(join , "${depends[@]}")" "" "${base_options[@]}"
    fi
    template=$base
    ((${#own[@]})) || return 0

    # Named by its addons, then by their content.
    local kind
    kind=own_$(digest -- "$base" "${own[*]}" "${own_options[*]}")
    template=${kind}_$(addon_hash "${own[@]}")
    if ! db_exists "$template"; then
        say "[template 2] ${own[*]} ${own_options[*]} ..."
        for old in $(psql -d postgres -Atc \
            "SELECT datname FROM pg_database WHERE datname LIKE '${kind}\_%'"); do
            drop_db "$old"
        done
        build "$template" "$(join , "${own[@]}")" "$base" "${own_options[@]}"
        make_assets "$template"
    fi
}

main() {
    local name=$1 demo=none template
    shift
    case $1 in
    --demo) demo=all ;;
    --base-demo) demo=base ;;
    *) set -- "" "$@" ;;
    esac
    shift
    make_templates "$demo" "$@"
    copy_db "$template" "$name"
}

if [[ ${1:-} == --locked ]]; then
    shift
    use_pg
    main "$@"
else
    (($# > 1)) || die "usage: tools/database.sh NAME [--demo | --base-demo] MODULE..."
    "$TOOLS/setup.sh"
    with_lock databases "$BASH" "${BASH_SOURCE[0]}" --locked "$@"
fi
