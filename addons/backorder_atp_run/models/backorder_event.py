# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models

from odoo.addons.backorder_atp.models.backorder_event import keep_logged

EVENT_TYPES = [
    ("promise:firm", "Promise Made Firm"),
    ("promise:movable", "Promise No Longer Firm"),
    ("run:committed", "Run Committed"),
    ("run:line_moved", "Moved by a Run"),
    ("run:firm_moved", "Firm Line Moved"),
]


class BackorderEvent(models.Model):
    """Events of backorder runs."""

    _inherit = "backorder.event"

    event_type = fields.Selection(
        selection_add=EVENT_TYPES, ondelete=keep_logged(EVENT_TYPES)
    )

    def _get_cause_labels(self):
        return {
            **super()._get_cause_labels(),
            "run": self.env._("Backorder run:"),
        }
