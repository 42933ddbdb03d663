# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import json
import os
import re
import subprocess
import sys
import unittest
from pathlib import Path

from odoo.tests import tagged

from odoo.addons.backorder_atp_fastapi.tests.common import ApiCommon

DOCS = Path(os.path.realpath(__file__)).parents[3] / "docs"
SAVED = DOCS / "openapi.json"
WRITE_COLLECTION = DOCS.parent / "tools" / "postman.py"
RENEW = "UPDATE_OPENAPI"


@tagged("post_install", "-at_install")
class TestDescription(ApiCommon):
    """The description of the whole API, with the operations of this addon (E9)."""

    @unittest.skipUnless(DOCS.exists(), "the documentation lies in the repository")
    def test_saved_description(self):
        """E9: docs/openapi.json is up to date."""
        schema = self._get_schema()
        if os.environ.get(RENEW):
            text = json.dumps(schema, indent=2, ensure_ascii=False)
            SAVED.write_text(text + "\n", encoding="utf-8")
            subprocess.run([sys.executable, WRITE_COLLECTION], check=True)
        saved = json.loads(SAVED.read_text(encoding="utf-8"))
        self.assertEqual(
            saved,
            schema,
            f"docs/openapi.json is out of date: {RENEW}=1 make test"
            " ARGS='-k saved_description' updates it",
        )

    @unittest.skipUnless(DOCS.exists(), "the documentation lies in the repository")
    def test_every_operation_is_in_the_documentation(self):
        """E9: the table of the documentation has each operation, and no other."""
        text = (DOCS / "http-api.md").read_text(encoding="utf-8")
        rows = {
            f"{method} {path}"
            for method, path in re.findall(r"^\| `([A-Z]+) (\S+)` ", text, re.M)
        }
        served = {
            f"{method.upper()} {path}"
            for path, methods in self._get_schema()["paths"].items()
            for method in methods
        }
        self.assertEqual(rows, served)
