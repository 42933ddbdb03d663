#!/usr/bin/env bash
# Update the root and all features twice: tools/update_twice.sh
#
# The second update must change nothing: no external id, no record, no column.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
"$TOOLS/setup.sh"
use_pg

DB=update_$$
FOLDER=$(mktemp -d)
trap 'rm -rf "$FOLDER"; drop_db "$DB" 2>/dev/null' EXIT

mapfile -t FEATURES < <(features)
"$TOOLS/database.sh" "$DB" "$MODULE" "${FEATURES[@]}"
for run in first second; do
    install_modules "$DB" "$MODULE" -u "$MODULE"
    psql -qX -v ON_ERROR_STOP=1 -d "$DB" -f "$TOOLS/state.sql" >"$FOLDER/$run"
done
[[ $(wc -l <"$FOLDER/first") -gt 1000 ]] || die "tools/state.sql found next to nothing"
diff "$FOLDER/first" "$FOLDER/second" | cut -c1-300 >&2 ||
    die "The second update changed what is above"
say "The second update of ${#FEATURES[@]} features and the root changed nothing."
