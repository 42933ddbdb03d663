#!/usr/bin/env bash
# Write what is to be translated to i18n/backorder_atp.pot. Odoo reads every file around
# an addon, so it is shown a copy of the addon alone.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
"$TOOLS/setup.sh"
use_pg
export ODOO_RC

DB=pot_$$
FOLDER=$(mktemp -d)
trap 'rm -rf "$FOLDER"; drop_db "$DB" 2>/dev/null' EXIT
mkdir "$FOLDER/$MODULE"
git -C "$ROOT" ls-files -z -- ':!.*' ':!benchmarks' ':!bridges' ':!docs' \
    ':!tests' ':!tools' | (cd "$ROOT" && xargs -0 cp --parents -t "$FOLDER/$MODULE")
"$TOOLS/database.sh" "$DB" "$MODULE"
mkdir -p "$ROOT/i18n"
sed "s#^addons_path = .*#addons_path = $FOLDER#" "$ODOO_RC" >"$FOLDER/odoo.conf"
ODOO_RC=$FOLDER/odoo.conf "$PYTHON_BIN" "$ODOO_SCRIPT" i18n export -d "$DB" -l pot \
    -o "$ROOT/i18n/$MODULE.pot" "$MODULE"
