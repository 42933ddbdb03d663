"""Each worker of pytest-xdist has a filestore of its own.

pytest-odoo lets the workers share the filestore of the database that theirs are copied
from. Odoo removes what its own database no longer names after each class of tests, and
with it files that the other worker has just written and not committed.
"""

import os
import shutil
from contextlib import contextmanager
from pathlib import Path

import pytest_odoo

import odoo


@contextmanager
def own_filestore(original_name, name):
    """Give the database ``name`` a copy of the files of ``original_name``."""
    if original_name == name:
        yield
        return
    folder = Path(odoo.tools.config.filestore(name))
    original = Path(odoo.tools.config.filestore(original_name))
    shutil.rmtree(folder, ignore_errors=True)
    if original.exists():
        # Linked, not copied: Odoo writes a file once and never changes it.
        shutil.copytree(original, folder, copy_function=os.link)
    try:
        yield
    finally:
        shutil.rmtree(folder, ignore_errors=True)


pytest_odoo._shared_filestore = own_filestore
