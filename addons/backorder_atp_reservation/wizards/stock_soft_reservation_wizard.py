# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class StockSoftReservationWizard(models.TransientModel):
    """Propose what to reserve for a quotation."""

    _name = "stock.soft.reservation.wizard"
    _inherit = "backorder.wizard.mixin"
    _description = "Reserve Stock"

    order_id = fields.Many2one("sale.order", "Quotation", required=True)
    partner_id = fields.Many2one(related="order_id.partner_id", string="Reserved For")
    expiry_date = fields.Datetime("Reserve Until", required=True)
    line_ids = fields.One2many(
        "stock.soft.reservation.wizard.line", "wizard_id", "Items"
    )

    @api.model
    def _open(self, order):
        """Propose to reserve what is not reserved for ``order`` yet."""
        wizard = self.create(self._prepare_wizard(order))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Reserve Stock for %s", order.name),
            "res_model": self._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
        }

    def _prepare_wizard(self, order):
        hours = order.company_id.sudo().soft_reservation_duration
        return {
            "order_id": order.id,
            "expiry_date": fields.Datetime.now() + timedelta(hours=hours),
            "line_ids": [
                Command.create(values) for values in self._prepare_lines(order)
            ],
        }

    def _prepare_lines(self, order):
        missing = order._get_stock_to_reserve()
        products = self.env["product.product"].union(*(key[0] for key in missing))
        warehouses = self.env["stock.warehouse"].union(*(key[1] for key in missing))
        availability = self.env["stock.availability"].get_availability(
            products, warehouses, components=["displayed"]
        )
        return [
            self._prepare_line(
                product,
                warehouse,
                quantity,
                availability[product.id, warehouse.id]["displayed"],
            )
            for (product, warehouse), quantity in missing.items()
        ]

    def _prepare_line(self, product, warehouse, missing, available):
        return {
            "product_id": product.id,
            "warehouse_id": warehouse.id,
            "missing_quantity": missing,
            "available_quantity": available,
            "quantity": min(missing, available),
        }

    def action_reserve(self):
        """Reserve the chosen quantities, all of them or none.

        :raise UserError: when nothing is chosen; see also
            ``stock.soft.reservation.create``
        """
        self.ensure_one()
        reservations = self.env["stock.soft.reservation"]
        vals_list = [
            line._prepare_reservation() for line in self.line_ids if line.quantity > 0
        ]
        if not vals_list:
            raise UserError(
                self.env._("Enter the quantity to reserve for at least one product.")
            )
        reservations.create(vals_list)
        return {"type": "ir.actions.act_window_close"}
