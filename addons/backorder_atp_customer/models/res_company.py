# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models

MESSAGE_MODES = [
    ("off", "Do not notify"),
    ("propose", "Remind the salesperson"),
    ("send", "Send automatically"),
]


class ResCompany(models.Model):
    """Settings of customer messages."""

    _inherit = "res.company"

    customer_message_delayed = fields.Selection(
        MESSAGE_MODES, "Items Delayed", default="off", required=True
    )
    customer_message_partly_shipped = fields.Selection(
        MESSAGE_MODES, "Partially Shipped", default="off", required=True
    )
    customer_message_new_date = fields.Selection(
        MESSAGE_MODES, "New Date", default="off", required=True
    )
    customer_message_available = fields.Selection(
        MESSAGE_MODES, "Available Again", default="off", required=True
    )
    customer_message_resolved = fields.Selection(
        MESSAGE_MODES, "Completely Shipped", default="off", required=True
    )

    customer_message_substitutes = fields.Boolean(
        "Offer Substitutes",
        default=True,
        help="Mention substitutes that can be shipped immediately in the messages.",
    )

    def _get_customer_message_mode(self, kind):
        """Return ``off``, ``propose`` or ``send`` for one type of message."""
        self.ensure_one()
        return self.sudo()[f"customer_message_{kind}"]
