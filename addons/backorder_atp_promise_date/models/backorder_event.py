# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models

from odoo.addons.backorder_atp.models.backorder_event import keep_logged

EVENT_TYPES = [
    ("promise:improved", "Promise Improved"),
    ("promise:slipped", "Promise Slipped"),
    ("promise:uncovered", "Promise Not Covered"),
]


class BackorderEvent(models.Model):
    """Events of promised dates."""

    _inherit = "backorder.event"

    event_type = fields.Selection(
        selection_add=EVENT_TYPES, ondelete=keep_logged(EVENT_TYPES)
    )

    def _get_payload_labels(self):
        return {
            **super()._get_payload_labels(),
            "firstPromisedFor": self.env._("First Promised"),
            "promisedFor": self.env._("Promised Before"),
            "nowPromisedFor": self.env._("Promised Now"),
            "days": self.env._("Days Later"),
            "isCovered": self.env._("Covered"),
            "receipts": self.env._("Receipts"),
        }

    def _get_cause_labels(self):
        return {
            **super()._get_cause_labels(),
            "calendar": self.env._("A day has passed"),
        }
