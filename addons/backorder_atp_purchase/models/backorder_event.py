# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models

from odoo.addons.backorder_atp.models.backorder_event import keep_logged

EVENT_TYPES = [
    ("supply:purchase_created", "Emergency Purchase"),
    ("supply:expedited", "Expedited"),
    ("supply:date_changed", "Supply Date Changed"),
]


class BackorderEvent(models.Model):
    """Events of emergency purchases and expediting."""

    _inherit = "backorder.event"

    event_type = fields.Selection(
        selection_add=EVENT_TYPES, ondelete=keep_logged(EVENT_TYPES)
    )

    def _get_cause_labels(self):
        return {
            **super()._get_cause_labels(),
            "emergency-purchase": self.env._("Emergency purchase by"),
            "new-date": self.env._("New date of"),
        }
