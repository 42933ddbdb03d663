#!/usr/bin/env bash
# Build the documents as a site with a search: .odoo/docs/site/index.html
#
# A page or anchor that does not exist is an error. The generator has an environment of
# its own, as it needs other versions of some packages than Odoo.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
"$TOOLS/setup.sh"

FOLDER=$WORK/docs
PAGES=$FOLDER/pages

install_generator() {
    local requirements=$TOOLS/requirements-docs.txt
    cmp -s "$requirements" "$FOLDER/installed.txt" && return
    "$PYTHON_BIN" -m venv --clear "$FOLDER/venv"
    "$FOLDER/venv/bin/pip" install --quiet --requirement "$requirements"
    cp "$requirements" "$FOLDER/installed.txt"
}

# The README is the first page; what it links to in docs/ is beside it here.
copy_pages() {
    rm -rf "$PAGES"
    cp -r "$ROOT/docs" "$PAGES"
    sed 's#](docs/#](#g; s#](CHANGELOG.md)#](changelog.md)#g' "$ROOT/README.md" \
        >"$PAGES/index.md"
    sed 's#](docs/#](#g' "$ROOT/CHANGELOG.md" >"$PAGES/changelog.md"
    sed -i 's#](../CHANGELOG.md)#](changelog.md)#g' "$PAGES"/*.md
    cp "$ROOT/compose.yaml" "$PAGES"
    sed -i 's#](../compose.yaml)#](compose.yaml)#g' "$PAGES"/*.md
    cp "$TOOLS/docs.yml" "$FOLDER/mkdocs.yml"
}

mkdir -p "$FOLDER"
install_generator
copy_pages
"$FOLDER/venv/bin/zensical" build --clean --strict --config-file "$FOLDER/mkdocs.yml"
say "${FOLDER#"$ROOT"/}/site/index.html"
