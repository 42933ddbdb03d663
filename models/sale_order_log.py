# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class SaleOrder(models.Model):
    """The log entries of an order."""

    _inherit = "sale.order"

    backorder_event_count = fields.Integer(
        "Log Entries", compute="_compute_backorder_event_count"
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_backorder_event_count(self):
        """Count the entries that the user may see, in one query."""
        events = self.env["backorder.event"]
        counts = {}
        if events.has_access("read"):
            groups = events._read_group(
                [("order_id", "in", self.ids)], ["order_id"], ["__count"]
            )
            counts = {order.id: count for order, count in groups}
        for order in self:
            order.backorder_event_count = counts.get(order._origin.id, 0)
