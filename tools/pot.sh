#!/usr/bin/env bash
# Write the translation templates to the i18n/ of each addon. Odoo reads all files
# around an addon, so it runs on copies of the addons only.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
"$TOOLS/setup.sh"
use_pg
export ODOO_RC

DB=pot_$$
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
    ':!journeys' ':!tests' ':!tools'
for addon in "${ADDONS[@]}"; do
    copy_files "$ROOT/addons/$addon" "$FOLDER/$addon" ':!tests'
done
"$TOOLS/database.sh" "$DB" "$MODULE" "${ADDONS[@]}"
sed "s#^addons_path = .*#addons_path = $FOLDER#" "$ODOO_RC" >"$FOLDER/odoo.conf"
for addon in "$MODULE" "${ADDONS[@]}"; do
    folder=$(addon_folder "$addon")/i18n
    mkdir -p "$folder"
    ODOO_RC=$FOLDER/odoo.conf "$PYTHON_BIN" "$ODOO_SCRIPT" i18n export -d "$DB" -l pot \
        -o "$folder/$addon.pot" "$addon"
done
