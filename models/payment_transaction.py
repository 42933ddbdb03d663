# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class PaymentTransaction(models.Model):
    """A payment covers the orders as they were when it was started."""

    _inherit = "payment.transaction"

    order_terms = fields.Json(
        readonly=True,
        copy=False,
        server_only=True,
        help="The quantities of each order when the payment was started.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        transactions = super().create(vals_list)
        transactions._record_order_terms()
        return transactions

    def write(self, vals):
        result = super().write(vals)
        if "sale_order_ids" in vals:
            self._record_order_terms()
        return result

    def _record_order_terms(self):
        """Store the terms of the orders of this payment, once for each order."""
        for payment in self.sudo().filtered("sale_order_ids"):
            terms = payment.order_terms or {}
            payment.order_terms = {
                str(order.id): terms.get(str(order.id)) or order._get_terms()
                for order in payment.sale_order_ids
            }

    def _get_order_terms(self, order):
        return (self.order_terms or {}).get(str(order.id))
