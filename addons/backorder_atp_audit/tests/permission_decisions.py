# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Access to export, verification and archiving of the log."""

from odoo.addons.backorder_atp.tests.permission_walk import MANAGERS, NOBODY, decide

METHODS = decide(
    {
        "backorder.event": {
            NOBODY: "archive_before verify_log",
            MANAGERS: "export_log",
        },
    }
)
DIALOGS = {
    "backorder.log.archive": NOBODY,
    "backorder.log.export": MANAGERS,
    "backorder.log.verification": NOBODY,
}
