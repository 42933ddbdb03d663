# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

CREDIT_ROLES = (
    "sales_team.group_sale_salesman",
    "backorder_atp.group_backorder_viewer",
    "account.group_account_invoice",
)


class ResPartner(models.Model):
    """The effect of an order on the credit of a customer."""

    _inherit = "res.partner"

    def get_credit_impact(self, amount=None, product_id=None, quantity=None):
        """Return the effect of an order on the credit of this customer.

        Amounts are in the currency of the user's company, with tax if ``amount`` has
        it.

        :param amount: of the order; or a product and a quantity in its unit, taken
            at the customer's price
        :return: dict with ``customerId``, ``hasLimit``, ``creditLimit``,
            ``currentCreditUsed``, ``availableCredit``, ``creditImpact``,
            ``remainingCredit``, ``canProcessOrder`` and ``currency``; of a product
            also ``sku``, ``quantity`` and ``totalValue``
        :raise AccessError: when the user is neither in sales nor in accounting
        :raise UserError: when neither an amount nor product and quantity are given
        """
        self.ensure_one()
        self._check_may_see_credit()
        if amount is not None:
            return self.sudo()._prepare_credit_impact(amount)
        amount = self._get_ordered_amount(product_id, quantity)
        impact = self.sudo()._prepare_credit_impact(amount)
        return {
            **impact,
            "sku": self.env["product.product"].browse(product_id).default_code or False,
            "quantity": quantity,
            "totalValue": impact["creditImpact"],
        }

    def _check_may_see_credit(self):
        self.check_access("read")
        if not any(map(self.env.user.has_group, CREDIT_ROLES)):
            raise AccessError(
                self.env._(
                    "Only users in sales and accounting can see the credit of"
                    " customers. Ask an administrator for access."
                )
            )

    def _get_ordered_amount(self, product_id, quantity):
        product = self.env["product.product"].browse(product_id).exists()
        if not product or not quantity:
            raise UserError(
                self.env._("Enter an amount, or an existing product and a quantity.")
            )
        company = self.env.company
        pricelist = self.with_company(company).property_product_pricelist
        price = pricelist._get_product_price(
            product, quantity, currency=company.currency_id
        )
        return price * quantity

    def _get_uninvoiced_credit(self):
        """Return the amount of confirmed orders that is not invoiced yet.

        Odoo counts only what can be invoiced now, which excludes goods invoiced on
        delivery before they are delivered.
        """
        lines = self.env["sale.order.line"].search(
            Domain("state", "=", "sale")
            & Domain("company_id", "=", self.env.company.id)
            & Domain("invoice_status", "!=", "invoiced")
            & (
                Domain("order_id.partner_id", "child_of", self.ids)
                | Domain("order_id.partner_invoice_id", "child_of", self.ids)
            )
        )
        return sum(order._get_uninvoiced_amount() for order in lines.order_id)

    def _prepare_credit_impact(self, amount, own=0.0):
        """Return the credit after adding ``amount`` and subtracting ``own``."""
        company = self.env.company
        currency = company.currency_id
        customer = self.commercial_partner_id.with_company(company)
        # the cached credit does not include orders made since in this transaction
        customer.invalidate_recordset(["credit"], flush=False)
        limit = customer.credit_limit if company.account_use_credit_limit else 0.0
        used = customer.credit + customer._get_uninvoiced_credit() - own
        left = limit - used - amount
        return {
            "customerId": self.id,
            "hasLimit": bool(limit),
            "creditLimit": limit,
            "currentCreditUsed": currency.round(used),
            "availableCredit": currency.round(limit - used) if limit else 0.0,
            "creditImpact": currency.round(amount),
            "remainingCredit": currency.round(left) if limit else 0.0,
            "canProcessOrder": not limit or currency.compare_amounts(left, 0) >= 0,
            "currency": currency.name,
        }
