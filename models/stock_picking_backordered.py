# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain


class StockPicking(models.Model):
    """The backordered orders that a receipt will serve."""

    _inherit = "stock.picking"

    backordered_order_ids = fields.Many2many(
        "sale.order",
        string="Backordered Orders",
        compute="_compute_backordered_orders",
        compute_sudo=True,
        groups="base.group_user",
        search="_search_backordered_order_ids",
        help="The backordered orders that this receipt will serve, in the order in"
        " which they get the stock.",
    )
    backordered_order_count = fields.Integer(
        "Serves Backorders",
        compute="_compute_backordered_orders",
        compute_sudo=True,
        groups="base.group_user",
    )

    backordered_orders = fields.Json(
        compute="_compute_backordered_orders",
        compute_sudo=True,
        groups="base.group_user",
    )

    @api.depends("state", "move_ids.product_id", "move_ids.product_uom_qty")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_backordered_orders(self):
        """Find the orders of many receipts in one statement."""
        served = self._get_served_rows()
        shown = self._filter_shown_orders(
            line for rows in served.values() for _move, line, _quantity in rows
        )
        for picking in self:
            picking.update(self._prepare_served_values(served[picking._origin], shown))

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

    @api.model
    def _prepare_served_values(self, rows, shown):
        """Return the values of the fields that name the orders of ``rows``.

        :param rows: list of :meth:`_get_served_rows`
        :param shown: the orders that the user may read
        """
        orders = shown.browse(dict.fromkeys(line.order_id.id for _, line, _ in rows))
        return {
            "backordered_order_ids": orders & shown,
            "backordered_order_count": len(orders),
            "backordered_orders": [
                {
                    **self._prepare_served_order(line.order_id, shown),
                    "key": f"{move.id}-{line.id}",
                    "product": move.product_id.sudo().display_name,
                    "quantity": quantity,
                    "unit": move.product_id.sudo().uom_id.name,
                }
                for move, line, quantity in rows
            ],
        }

    def _filter_shown_orders(self, lines):
        """Return the orders of ``lines`` that the user may read."""
        orders = self.env["sale.order"].union(*(line.order_id for line in lines))
        return orders.sudo(False)._filtered_access("read")

    def _prepare_served_order(self, order, shown):
        """Return what a list of orders tells of one; others stay nameless."""
        if order.id not in shown._ids:
            return {"order_id": False, "order": self.env._("Another order")}
        return {
            "order_id": order.id,
            "order": order.name,
            "customer": order.partner_id.display_name,
            "date": fields.Datetime.to_string(order.backordered_since) or False,
        }

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
