# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models

from odoo.addons.backorder_atp.models.backorder_event import keep_logged

EVENT_TYPES = [
    ("reservation:created", "Stock Reserved"),
    ("reservation:extended", "Soft Reservation Extended"),
    ("reservation:consumed", "Soft Reservation Consumed"),
    ("reservation:released", "Soft Reservation Released"),
    ("reservation:expired", "Soft Reservation Expired"),
    ("reservation:taken", "Reserved Stock Taken"),
]


class BackorderEvent(models.Model):
    """Events of soft reservations."""

    _inherit = "backorder.event"

    event_type = fields.Selection(
        selection_add=EVENT_TYPES, ondelete=keep_logged(EVENT_TYPES)
    )

    def _get_cause_labels(self):
        return {
            **super()._get_cause_labels(),
            "reservation-expired": self.env._("Soft reservation expired:"),
            "reservation-released": self.env._("Soft reservation released:"),
            "reservation-consumed": self.env._("Soft reservation consumed:"),
        }
