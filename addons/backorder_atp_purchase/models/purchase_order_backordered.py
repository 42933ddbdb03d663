# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.fields import Domain


class PurchaseOrder(models.Model):
    """The backordered orders that the receipts of a purchase will serve."""

    _inherit = "purchase.order"

    backordered_order_ids = fields.Many2many(
        "sale.order",
        string="Backordered Orders",
        compute="_compute_backordered_orders",
        compute_sudo=True,
        groups="base.group_user",
        search="_search_backordered_order_ids",
        help="The backordered orders that the receipts of this purchase will serve.",
    )
    backordered_order_count = fields.Integer(
        "Needed by Backorders",
        compute="_compute_backordered_orders",
        compute_sudo=True,
        groups="base.group_user",
    )
    backordered_orders = fields.Json(
        compute="_compute_backordered_orders",
        compute_sudo=True,
        groups="base.group_user",
    )

    @api.depends("picking_ids.state", "picking_ids.move_ids.product_uom_qty")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_backordered_orders(self):
        """Find the orders of many purchases in one statement."""
        receipts = self.env["stock.picking"]
        served = self.sudo().picking_ids._get_served_rows()
        shown = receipts._filter_shown_orders(
            line for rows in served.values() for _move, line, _quantity in rows
        )
        for purchase in self:
            rows = [
                row
                for receipt in purchase._origin.sudo().picking_ids
                for row in served[receipt]
            ]
            purchase.update(receipts._prepare_served_values(rows, shown))

    def _search_backordered_order_ids(self, operator, value):
        if operator != "in":
            return NotImplemented
        orders = [order_id for order_id in value if order_id]
        domain = Domain("picking_ids.backordered_order_ids", "in", orders)
        if False in value:
            serving = Domain("backordered_order_ids", "!=", False)
            domain |= Domain("picking_ids", "not any", serving)
        return domain

    def action_view_backordered_orders(self):
        """List the orders that the receipts of this purchase will serve."""
        self.ensure_one()
        self._check_field_access(self._fields["backordered_order_ids"], "read")
        return self.backordered_order_ids._get_list_action(
            self.env._("Backordered Orders of %s", self.name)
        )
