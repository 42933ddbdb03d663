# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64

from odoo import fields, models
from odoo.tools.date_utils import start_of

from ..models.backorder_event_export import EXPORT_CATEGORIES


class BackorderLogExport(models.TransientModel):
    """Download the log entries of a period."""

    _name = "backorder.log.export"
    _inherit = "backorder.wizard.mixin"
    _description = "Export the Backorder Log"

    date_from = fields.Date(
        "From",
        required=True,
        default=lambda self: start_of(fields.Date.today(), "month"),
    )
    date_to = fields.Date("To", required=True, default=fields.Date.today)
    category = fields.Selection(
        EXPORT_CATEGORIES, "Entries", required=True, default="all"
    )
    file_format = fields.Selection(
        [("csv", "CSV"), ("jsonl", "JSON Lines")],
        "Format",
        required=True,
        default="csv",
    )
    file = fields.Binary(readonly=True)
    file_name = fields.Char(readonly=True)
    event_count = fields.Integer("Entries Exported", readonly=True)

    def action_export(self):
        """Create the file and offer it for download."""
        self.ensure_one()
        result = self.env["backorder.event"].export_log(
            self.date_from, self.date_to, self.category, self.file_format
        )
        # without a byte order mark, spreadsheets read the file as Latin-1
        encoding = "utf-8-sig" if self.file_format == "csv" else "utf-8"
        self.write(
            {
                "file": base64.b64encode(result["content"].encode(encoding)),
                "file_name": result["fileName"],
                "event_count": result["count"],
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Export the Log"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }
