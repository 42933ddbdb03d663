# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

# The states in which a payment counts.
PAID_STATES = ("authorized", "done")


class SaleOrder(models.Model):
    """The terms that an approval, a signature or a payment covers."""

    _inherit = "sale.order"

    signed_terms = fields.Json(readonly=True, copy=False, server_only=True)

    # ------------------------------------------------------------------
    # Terms
    # ------------------------------------------------------------------

    def _get_terms(self, lines=None):
        """Return the terms of a decision on this order, as JSON.

        :param lines: by default all lines that take stock
        """
        self.ensure_one()
        lines = self._get_promised_lines() if lines is None else lines
        return {
            "partnerId": self.partner_id.id,
            "currencyId": self.currency_id.id,
            "lines": {str(line.id): line._get_terms() for line in lines},
        }

    def _get_promised_lines(self):
        """Return the lines that take stock."""
        return self.order_line.browse().union(
            *(row[0] for row in self.order_line._get_promise_demand())
        )

    def _is_within_terms(self, terms, lines=None):
        """Whether no quantity was added and no product, price or partner changed."""
        self.ensure_one()
        lines = self._get_promised_lines() if lines is None else lines
        return (
            bool(terms)
            and terms["partnerId"] == self.partner_id.id
            and terms["currencyId"] == self.currency_id.id
            and all(
                line._is_within_terms(terms["lines"].get(str(line.id)))
                for line in lines
            )
        )

    # ------------------------------------------------------------------
    # The customer's agreement
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        orders.filtered("signature")._record_signed_terms()
        orders.sudo().transaction_ids._record_order_terms()
        return orders

    def write(self, vals):
        result = super().write(vals)
        if vals.get("signature"):
            self._record_signed_terms()
        if "transaction_ids" in vals:
            self.sudo().transaction_ids._record_order_terms()
        return result

    def _record_signed_terms(self):
        """Record the terms that the customer has just signed."""
        for order in self.sudo():
            order.signed_terms = order._get_terms()

    def _is_paid_or_signed(self):
        """Whether the customer has agreed to the order as it is."""
        self.ensure_one()
        return self._is_signed() or self._is_prepaid()

    def _is_signed(self):
        order = self.sudo()
        return bool(order.signature) and order._is_within_terms(order.signed_terms)

    def _is_prepaid(self):
        """Whether the required prepayment is made and was not refunded."""
        order = self.sudo()
        payments = order.transaction_ids.filtered(
            lambda payment: payment.state in PAID_STATES and payment.amount > 0
        )
        missing = order._get_required_amount() - order._get_paid_amount()
        return (
            bool(payments)
            and order.currency_id.compare_amounts(missing, 0) <= 0
            and order._is_paid_as_it_is(payments)
        )

    def _get_required_amount(self):
        """Return the amount to be paid: the prepayment, else the total."""
        if self.require_payment:
            return self._get_prepayment_required_amount()
        return self.amount_total

    def _is_paid_as_it_is(self, payments):
        """Whether the order is unchanged since the last of ``payments``."""
        last = payments.sorted("id")[-1:]
        return self._is_within_terms(last._get_order_terms(self))

    def _get_paid_amount(self):
        """Return the amount paid and not refunded, in the order's currency."""
        payments = self.transaction_ids
        refunds = payments.child_transaction_ids.filtered(
            lambda child: child.operation == "refund"
        )
        return sum(
            payment.currency_id._convert(
                payment.amount,
                self.currency_id,
                self.company_id,
                payment.create_date or fields.Datetime.now(),
            )
            for payment in payments | refunds
            if payment.state in PAID_STATES
        )

    def _has_customer_agreed(self):
        """Whether there is a signature or a payment, whatever has changed since."""
        order = self.sudo()
        paid = order._get_paid_amount()
        return bool(order.signature) or order.currency_id.compare_amounts(paid, 0) > 0
