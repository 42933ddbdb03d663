# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models

from odoo.addons.backorder_atp.models.backorder_event import keep_logged

EVENT_TYPES = [
    ("fulfilment:started", "Shipment Started"),
    ("fulfilment:completed", "Shipment Ready"),
    ("fulfilment:shipped", "Shipped"),
    ("fulfilment:in_transit", "In Transit"),
    ("fulfilment:delivered", "Delivered"),
    ("fulfilment:failed", "Delivery Failed"),
    ("fulfilment:returned", "Shipment Returned"),
]


class BackorderEvent(models.Model):
    """Events of shipments."""

    _inherit = "backorder.event"

    event_type = fields.Selection(
        selection_add=EVENT_TYPES, ondelete=keep_logged(EVENT_TYPES)
    )

    def _get_payload_labels(self):
        return {
            **super()._get_payload_labels(),
            "delivery": self.env._("Delivery Order"),
            "status": self.env._("Shipment"),
            "carrier": self.env._("Carrier"),
            "trackingNumber": self.env._("Tracking"),
            "trackingUrl": self.env._("Tracking Page"),
        }

    def _get_payload_selections(self):
        return {
            **super()._get_payload_selections(),
            "status": self.env["stock.picking"]._fields["fulfilment_state"],
        }
