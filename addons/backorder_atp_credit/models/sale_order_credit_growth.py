# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from contextlib import contextmanager

from odoo import models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    """Check the credit when a confirmed order grows or changes its customer."""

    _inherit = "sale.order"

    def write(self, vals):
        with self._checking_credit_growth():
            return super().write(vals)

    @contextmanager
    def _checking_credit_growth(self):
        """Check the credit that changes within the context add.

        Changes by the server itself, such as for shipped goods, are not checked.
        """
        confirmed = self.filtered(lambda order: order._is_credit_checked())
        before = {order: order._get_credit_stand() for order in confirmed}
        yield
        for order, stand in before.items():
            order._check_credit_growth(*stand)

    def _is_credit_checked(self):
        return (
            not self.env.su
            and self.state == "sale"
            and self.company_id.sudo().credit_policy != "off"
        )

    def _get_credit_stand(self):
        return self.partner_id.commercial_partner_id, self._get_amount_without_returns()

    def _check_credit_growth(self, customer, amount):
        """Warn or refuse beyond the limit, by the policy of the company.

        :raise UserError: when the company requires an approval
        """
        now, total = self._get_credit_stand()
        if self.state != "sale" or (
            now == customer and self.currency_id.compare_amounts(total, amount) <= 0
        ):
            return
        excess = self._get_credit_excess()
        if not excess or self._is_credit_approved(excess):
            return
        if self.company_id.sudo().credit_policy == "block":
            raise UserError(self._get_credit_growth_message(excess))
        self._log_credit("record", excess)
        self._warn_of_credit(excess)

    def _get_credit_growth_message(self, excess):
        return self.env._(
            "%(order)s would exceed the credit limit of %(customer)s by %(excess)s."
            " Put the additional items on a new quotation, which a finance manager can"
            " approve.",
            order=self.name,
            excess=self.company_id.currency_id.format(excess),
            customer=self.partner_id.commercial_partner_id.display_name,
        )

    def _get_uninvoiced_amount(self):
        """Return the amount not invoiced yet, in the company's currency.

        Includes goods invoiced on delivery that are not delivered yet.
        """
        amount = sum(line._get_uninvoiced_amount() for line in self.order_line)
        return max(0.0, amount) / (self.currency_rate or 1.0)
