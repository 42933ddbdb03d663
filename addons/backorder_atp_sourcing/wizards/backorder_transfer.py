# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError


class BackorderTransfer(models.TransientModel):
    """Stock in other warehouses, and supply that does not count."""

    _name = "backorder.transfer"
    _inherit = "backorder.wizard.mixin"
    _description = "Find Stock"

    line_ids = fields.One2many("backorder.transfer.line", "transfer_id", "Elsewhere")
    uncounted_ids = fields.One2many(
        "backorder.uncounted", "transfer_id", "Not Counted", readonly=True
    )
    order_ids = fields.Many2many("sale.order", string="Orders", readonly=True)
    can_confirm = fields.Boolean(compute="_compute_can_confirm")

    @api.depends("line_ids.quantity")
    def _compute_can_confirm(self):
        for transfer in self:
            transfer.can_confirm = any(line.quantity > 0 for line in transfer.line_ids)

    @api.model
    def _open(self, keys, orders=None):
        """Show stock for each ``(product_id, warehouse_id)``.

        :param orders: the orders that may be moved to another warehouse
        :raise AccessError: for users who may not change the orders and are not
            operators
        """
        self._check_reader(orders)
        transfer = self.sudo().create(self._prepare_transfer(keys, orders))
        transfer = transfer.sudo(False)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Find Stock"),
            "res_model": self._name,
            "res_id": transfer.id,
            "view_mode": "form",
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    def _check_reader(self, orders):
        if not (orders and orders.has_access("write")):
            self.env["backorder.supply"]._check_operator()

    def _prepare_transfer(self, keys, orders):
        supply = self.env["backorder.supply"].sudo()
        needs = supply._get_needs_of(keys)
        products = self.env["product.product"].union(*(need.product for need in needs))
        warehouses = self.env["stock.warehouse"].union(
            *(need.warehouse for need in needs)
        )
        elsewhere = supply._get_elsewhere(products, warehouses)
        uncounted = products._get_uncounted_supply(warehouses)
        return {
            "order_ids": [fields.Command.set(orders.ids if orders else [])],
            "line_ids": [
                fields.Command.create(values)
                for need in needs
                for values in self._prepare_lines(need, elsewhere[need.key])
            ],
            "uncounted_ids": [
                fields.Command.create(self.env["backorder.uncounted"]._prepare(row))
                for row in uncounted
            ],
        }

    def _prepare_lines(self, need, elsewhere):
        """Propose to take the uncovered quantity from the warehouses with the most."""
        left = need.uncovered
        for source, spare in elsewhere:
            quantity = min(spare, left)
            left -= quantity
            yield {
                "product_id": need.product.id,
                "warehouse_id": need.warehouse.id,
                "source_id": source.id,
                "shortage_qty": need.shortage,
                "uncovered_qty": need.uncovered,
                "spare_qty": spare,
                "quantity": quantity,
            }

    def action_transfer(self):
        """Create the transfers; see :meth:`backorder.supply.transfer`."""
        self.ensure_one()
        lines = self.line_ids.filtered(lambda line: line.quantity > 0)
        if not lines:
            raise UserError(self.env._("Enter the quantities to transfer."))
        return self.env["backorder.supply"].transfer(
            [line._prepare_request() for line in lines]
        )
