#!/usr/bin/env python3
"""Bring the translations of each addon up to date with its template.

A new term is added without a translation, and one that is gone is removed, as a test
fails where a translation is missing. --languages de,fr,... names the languages; without
it, those that an addon has.
"""

import argparse
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent


def find_templates():
    return sorted([*ROOT.glob("i18n/*.pot"), *ROOT.glob("addons/*/i18n/*.pot")])


def open_translation(path):
    """Return the file at ``path``, or an empty one with the headers Odoo writes."""
    if path.exists():
        return polib.pofile(str(path), wrapwidth=78)
    file = polib.POFile(wrapwidth=78)
    file.fpath = str(path)
    return file


def update(path, template):
    file = open_translation(path)
    file.header = template.header
    file.metadata = {
        **template.metadata,
        "Language": path.stem,
        "Plural-Forms": "nplurals=2; plural=(n != 1);",
    }
    if path.stem == "fr":
        file.metadata["Plural-Forms"] = "nplurals=2; plural=(n > 1);"
    file.merge(template)
    for entry in file.obsolete_entries():
        file.remove(entry)
    file.save(str(path))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--languages", default="")
    languages = [name for name in parser.parse_args().languages.split(",") if name]
    for path in find_templates():
        template = polib.pofile(str(path))
        for name in languages or [file.stem for file in path.parent.glob("*.po")]:
            update(path.with_name(f"{name}.po"), template)


if __name__ == "__main__":
    main()
