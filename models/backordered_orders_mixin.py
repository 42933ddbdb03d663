# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class BackorderedOrdersMixin(models.AbstractModel):
    """The backordered orders that a document will serve, as a receipt or purchase."""

    _name = "backordered.orders.mixin"
    _description = "Backordered Orders"

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
        "Orders to Serve",
        compute="_compute_backordered_orders",
        compute_sudo=True,
        groups="base.group_user",
    )

    def _get_served_rows(self):
        """Return ``{document: [(its move or line, order line, quantity)]}``.

        In the order of the queue; the quantity is in the product's unit.
        """
        raise NotImplementedError

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_backordered_orders(self):
        """Find the orders of many documents at once."""
        served = self._get_served_rows()
        shown = self._filter_shown_orders(
            line for rows in served.values() for _source, line, _quantity in rows
        )
        for record in self:
            record.update(self._prepare_served_values(served[record._origin], shown))

    def _search_backordered_order_ids(self, operator, value):
        raise NotImplementedError

    def _filter_shown_orders(self, lines):
        """Return the orders of ``lines`` that the user may read."""
        orders = self.env["sale.order"].union(*(line.order_id for line in lines))
        return orders.sudo(False)._filtered_access("read")

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
                    "key": f"{source.id}-{line.id}",
                    "product": source.product_id.sudo().display_name,
                    "quantity": quantity,
                    "unit": source.product_id.sudo().uom_id.name,
                }
                for source, line, quantity in rows
            ],
        }

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

    def action_view_backordered_orders(self):
        """List the orders that this document serves."""
        self.ensure_one()
        self._check_field_access(self._fields["backordered_order_ids"], "read")
        return self._get_served_orders()._get_list_action(
            self.env._("Backordered Orders of %s", self.name)
        )

    def _get_served_orders(self):
        return self.backordered_order_ids
