#!/usr/bin/env bash
# Write the translation templates to the i18n/ of each addon, and add to its
# translations what is new. Odoo reads all files around an addon, so it runs on copies of
# the addons only.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
"$TOOLS/setup.sh"
use_pg
export ODOO_RC

DB=pot_$$
FILES=()
FOLDER=$(mktemp -d)
trap 'rm -rf "$FOLDER"; drop_db "$DB" 2>/dev/null' EXIT

# copy_files FROM TO PATH...: the files tracked by git
copy_files() {
    local from=$1 to=$2
    shift 2
    mkdir -p "$to"
    git -C "$from" ls-files -z -- "$@" | (cd "$from" && xargs -0 cp --parents -t "$to")
}

mapfile -t ADDONS < <(addons)
copy_files "$ROOT" "$FOLDER/$MODULE" ':!.*' ':!benchmarks' ':!addons' ':!docs' \
    ':!journeys' ':!setup' ':!soak' ':!tests' ':!tools'
for addon in "${ADDONS[@]}"; do
    copy_files "$ROOT/addons/$addon" "$FOLDER/$addon" ':!tests'
done
"$TOOLS/database.sh" "$DB" "$MODULE" "${ADDONS[@]}"
sed "s#^addons_path = .*#addons_path = $FOLDER#" "$ODOO_RC" >"$FOLDER/odoo.conf"
for addon in "$MODULE" "${ADDONS[@]}"; do
    FILES+=("$(addon_folder "$addon")/i18n/$addon.pot")
done
ODOO_RC=$FOLDER/odoo.conf POT_ADDONS="$MODULE ${ADDONS[*]}" POT_FILES="${FILES[*]}" \
    "$PYTHON_BIN" "$ODOO_SCRIPT" shell -d "$DB" --no-http --log-level=warn \
    <"$TOOLS/pot_export.py"
"$PYTHON_BIN" "$TOOLS/po_update.py"
