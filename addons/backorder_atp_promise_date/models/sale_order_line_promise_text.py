# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.tools import format_date


class SaleOrderLine(models.Model):
    """Texts about promises, for users and for customers."""

    _inherit = "sale.order.line"

    def _describe_promise(self, promise, receipts):
        """Return the parts by day, and which of ``receipts`` bring them."""
        if promise.is_own_supply:
            return self.env._("bought or made for this order")
        if not promise.date:
            return self.env._("no supply is planned and there is no vendor")
        parts = [self._describe_part(*part) for part in promise.parts]
        if not promise.is_covered:
            parts.append(
                self.env._("the rest after its lead time, not covered yet")
                if parts
                else self.env._("after its lead time, not covered yet")
            )
        own_ids = {row[0] for row in promise.receipts}
        names = (
            receipts.browse(own_ids)
            .with_prefetch(receipts._prefetch_ids)
            ._get_supply_names()
        )
        return "; ".join(parts) + (f" ({', '.join(names)})" if names else "")

    def _describe_part(self, day, quantity):
        product = self.product_id
        return self.env._(
            "%(quantity)s %(unit)s from %(day)s",
            quantity=f"{product.uom_id.round(quantity):g}",
            unit=product.uom_id.name,
            day=format_date(self.env, day),
        )

    def _get_promise_for_customer(self):
        """Return ``(date, whether it is covered)`` for the customer's documents.

        None if the company does not show dates, or without a date.
        """
        self.ensure_one()
        if not self.company_id.sudo().promise_show_dates:
            return None
        if not self.expected_promise_date:
            return None
        return self.expected_promise_date, self.is_expected_promise_covered
