# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models

from odoo.addons.backorder_atp.models.backorder_event import keep_logged

EVENT_TYPES = [
    ("order:warehouse_chosen", "Warehouse Chosen"),
    ("supply:transfer_created", "Transfer Created"),
    ("supply:order_moved", "Moved to Another Warehouse"),
    ("supply:substituted", "Substitute Sold"),
]


class BackorderEvent(models.Model):
    """Events of other warehouses, substitutes and transfers."""

    _inherit = "backorder.event"

    event_type = fields.Selection(
        selection_add=EVENT_TYPES, ondelete=keep_logged(EVENT_TYPES)
    )

    def _get_cause_labels(self):
        return {
            **super()._get_cause_labels(),
            "move": self.env._("Warehouse changed:"),
            "substitute": self.env._("Substitute in"),
        }
