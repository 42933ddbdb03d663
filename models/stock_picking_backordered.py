# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain


class StockPicking(models.Model):
    """The backordered orders that a receipt will serve."""

    _name = "stock.picking"
    _inherit = ["stock.picking", "backordered.orders.mixin"]

    @api.depends("state", "move_ids.product_id", "move_ids.product_uom_qty")
    def _compute_backordered_orders(self):
        return super()._compute_backordered_orders()

    def _get_served_rows(self):
        """Return ``{receipt: [(move, order line, quantity)]}`` in the queue's order."""
        coming = self._origin.filtered(
            lambda picking: (
                picking.picking_type_code != "outgoing"
                and picking.state in ("waiting", "confirmed", "assigned")
            )
        )
        served = defaultdict(list)
        for move, line, quantity in coming.move_ids._get_served_lines():
            served[move.picking_id].append((move, line.sudo(), quantity))
        return served

    def _search_backordered_order_ids(self, operator, value):
        if operator != "in":
            return NotImplemented
        receipts = self._get_needed_receipts()
        found = receipts.filtered(
            lambda receipt: set(receipt.backordered_order_ids.ids) & set(value)
        )
        domain = Domain("id", "in", found.ids)
        if False in value:
            serving = receipts.filtered("backordered_order_count")
            domain |= Domain("id", "not in", serving.ids)
        return domain

    @api.model
    def _get_needed_receipts(self, domain=Domain.TRUE):
        """Return the receipts with products that a backordered order lacks.

        They serve it, unless what is in stock or comes earlier does.
        """
        products = self.env["stock.move"]._get_backordered_products()
        return self.search(
            Domain("picking_type_code", "!=", "outgoing")
            & Domain("state", "in", ["waiting", "confirmed", "assigned"])
            & Domain("move_ids", "any", [("product_id", "in", products)])
            & domain
        )

    @api.model
    def _get_late_receipts(self):
        """Return the late receipts that will serve a backordered order."""
        late = self._get_needed_receipts(
            Domain("picking_type_code", "=", "incoming")
            & Domain("scheduled_date", "<", fields.Datetime.now())
        )
        return late.filtered("backordered_order_count")

    def _prepare_overview_line(self):
        orders = self.backordered_order_ids
        return {
            "title": " · ".join(
                filter(None, (self.name, self.partner_id.display_name))
            ),
            "detail": self.env._("Needed by %s", ", ".join(orders.mapped("name"))),
            "date": self.scheduled_date,
            "open": not self._is_form_open() and "action_view_backordered_orders",
        }

    @api.model
    def _is_form_open(self):
        """Whether the user may open transfers; their form reads much more than them."""
        return self.env.user.has_group("stock.group_stock_user")
