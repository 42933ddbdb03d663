# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import re
from collections import Counter
from pathlib import Path

import polib

from odoo.tests import BaseCase

ROOT = Path(__file__).resolve().parents[3]
LANGUAGES = ("de", "es", "fr", "nl")
#: What a program fills in, tags and line breaks: not to be translated.
UNTRANSLATED = re.compile(r"%\(\w+\)[sdf]|%[sdf%]|\{\w*\}|</?\w+|\n")


class TestTranslations(BaseCase):
    """Every term of every addon is translated, with its placeholders and tags."""

    @property
    def templates(self):
        paths = sorted([*ROOT.glob("i18n/*.pot"), *ROOT.glob("addons/*/i18n/*.pot")])
        self.assertTrue(paths)
        return {path: {entry.msgid for entry in polib.pofile(path)} for path in paths}

    def _check_each(self, check):
        """Call ``check(terms, {term: translation})`` for each addon and language."""
        for path, terms in self.templates.items():
            for language in LANGUAGES:
                file = path.with_name(f"{language}.po")
                entries = polib.pofile(file) if file.exists() else []
                with self.subTest(file=str(file.relative_to(ROOT))):
                    check(terms, {entry.msgid: entry.msgstr for entry in entries})

    def test_no_term_is_missing(self):
        self._check_each(
            lambda terms, translated: self.assertFalse(
                {term for term in terms if not translated.get(term)}
            )
        )

    def test_terms_that_were_removed_have_no_translation(self):
        self._check_each(
            lambda terms, translated: self.assertFalse(translated.keys() - terms)
        )

    def test_placeholders_and_tags_are_kept(self):
        self._check_each(
            lambda _terms, translated: self.assertFalse(
                {
                    term: text
                    for term, text in translated.items()
                    if self._get_parts(term) != self._get_parts(text)
                }
            )
        )

    def _get_parts(self, text):
        return Counter(UNTRANSLATED.findall(text))
