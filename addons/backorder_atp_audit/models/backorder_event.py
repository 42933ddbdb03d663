# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models

from odoo.addons.backorder_atp.models.backorder_event import keep_logged

EVENT_TYPES = [
    ("log:archived", "Log Archived"),
    ("log:exported", "Log Exported"),
    ("log:verified", "Log Verified"),
    ("log:broken", "Log Was Changed"),
]


class BackorderEvent(models.Model):
    """Entries about the log itself, and their details as text."""

    _inherit = "backorder.event"

    event_type = fields.Selection(
        selection_add=EVENT_TYPES, ondelete=keep_logged(EVENT_TYPES)
    )

    def _get_payload_labels(self):
        return {
            **super()._get_payload_labels(),
            "from": self.env._("From"),
            "until": self.env._("Until"),
            "count": self.env._("Entries"),
            "fileName": self.env._("File"),
            "sha256": self.env._("SHA-256 of the File"),
            "sealedCount": self.env._("Entries Sealed"),
            "lastSequence": self.env._("Last Seal"),
            "lastHash": self.env._("Hash of the Last Seal"),
        }

    def _get_file_url(self):
        if self.event_type != "log:archived":
            return super()._get_file_url()
        return f"/web/content/{self.payload['attachmentId']}?download=true"
