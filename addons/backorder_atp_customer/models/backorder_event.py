# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models

from odoo.addons.backorder_atp.models.backorder_event import keep_logged

EVENT_TYPES = [
    ("customer:informed", "Customer Notified"),
    ("customer:agreed_to_split", "Customer Agreed to Split"),
    ("customer:waits", "Customer Will Wait"),
    ("customer:cancelled_remainder", "Customer Cancelled Backordered Items"),
    ("order:goodwill_discount", "Goodwill Discount"),
]


class BackorderEvent(models.Model):
    """Events of customer messages, the portal and goodwill discounts."""

    _inherit = "backorder.event"

    event_type = fields.Selection(
        selection_add=EVENT_TYPES, ondelete=keep_logged(EVENT_TYPES)
    )

    def _get_cause_labels(self):
        return {
            **super()._get_cause_labels(),
            "customer": self.env._("Customer"),
            "goodwill": self.env._("Goodwill discount by"),
        }
