# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class SaleOrder(models.Model):
    """The effect of a quotation on the credit of its customer."""

    _name = "sale.order"
    _inherit = ["sale.order", "credit.impact.mixin"]

    @api.depends("amount_total", "currency_rate", "state")
    def _compute_credit_impact(self):
        return super()._compute_credit_impact()

    def _is_credit_applicable(self):
        return self.state in ("draft", "sent") or self.requires_inventory_override

    def _prepare_own_credit(self):
        return self._prepare_order_credit()

    def _get_credit_amount(self):
        """Return the amount of the quotation still to be paid."""
        unpaid = max(0.0, self._get_amount_without_returns() - self.amount_paid)
        return unpaid / (self.currency_rate or 1.0)

    def _get_amount_without_returns(self):
        """Return the total without goods still to be returned."""
        return self.amount_total - sum(
            line._get_unreturned_amount() for line in self.order_line
        )

    def get_credit_impact(self):
        """Return the effect of this order on the credit of its customer.

        A confirmed order is already part of the credit in use and is subtracted first.

        :return: as ``res.partner.get_credit_impact``
        :raise AccessError: when the user may not read the order
        """
        self.ensure_one()
        self.check_access("read")
        return self._prepare_order_credit()

    def _prepare_order_credit(self, added=0.0):
        """Return the effect, including the amount ``added`` by other orders."""
        order = self.sudo().with_company(self.company_id)
        own = 0.0
        amount = order._get_credit_amount()
        if order.state == "sale":
            own = amount = order._get_uninvoiced_amount()
        return order.partner_id._prepare_credit_impact(amount, own - added)
