"""Write the translation template of each addon: run by tools/pot.sh in "odoo shell".

The environment names the addons and, in the same order, their files.
"""

import os

from odoo.tools.translate import trans_export

for name, path in zip(
    os.environ["POT_ADDONS"].split(), os.environ["POT_FILES"].split(), strict=True
):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        has_terms = trans_export(False, [name], file, "po", env)  # noqa: F821
    if not has_terms:
        os.remove(path)
