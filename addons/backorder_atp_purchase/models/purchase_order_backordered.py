# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain

from .backorder_supply_request import REQUEST_STATES


class PurchaseOrder(models.Model):
    """The backordered orders that a purchase will serve, confirmed or not."""

    _name = "purchase.order"
    _inherit = ["purchase.order", "backordered.orders.mixin"]

    backordered_order_ids = fields.Many2many(
        help="The backordered orders that this purchase will serve. A request for"
        " quotation serves what no confirmed receipt does.",
    )
    backordered_order_count = fields.Integer("Needed by Backorders")

    @api.depends(
        "state",
        "order_line.product_id",
        "order_line.product_uom_qty",
        "picking_ids.state",
        "picking_ids.move_ids.product_uom_qty",
    )
    def _compute_backordered_orders(self):
        return super()._compute_backordered_orders()

    def _get_served_rows(self):
        """Return ``{purchase: [(its line or move, order line, quantity)]}``."""
        purchases = self._origin.sudo()
        served = defaultdict(list)
        for line, *row in purchases.order_line._get_served_lines():
            served[line.order_id].append((line, *row))
        receipts = purchases.picking_ids._get_served_rows()
        for purchase in purchases:
            for receipt in purchase.picking_ids:
                served[purchase] += receipts[receipt]
        return served

    def _search_backordered_order_ids(self, operator, value):
        if operator != "in":
            return NotImplemented
        requests = self._get_needed_requests()
        found = requests.filtered(
            lambda request: set(request.backordered_order_ids.ids) & set(value)
        )
        orders = [order_id for order_id in value if order_id]
        domain = Domain("id", "in", found.ids)
        domain |= Domain("picking_ids.backordered_order_ids", "in", orders)
        if False in value:
            needed = requests.filtered("backordered_order_count")
            serving = Domain("backordered_order_ids", "!=", False)
            domain |= Domain("id", "not in", needed.ids) & Domain(
                "picking_ids", "not any", serving
            )
        return domain

    @api.model
    def _get_needed_requests(self):
        """Return the requests for quotation with products that orders lack.

        They serve these, unless what is in stock or comes earlier does.
        """
        products = self.env["stock.move"]._get_backordered_products()
        return self.search(
            Domain("state", "in", REQUEST_STATES)
            & Domain("order_line", "any", [("product_id", "in", products)])
        )
