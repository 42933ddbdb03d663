# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict

from odoo import models

# The key of the untaxed amount, besides the ids of the taxes.
UNTAXED = 0


class SaleOrderLine(models.Model):
    """After a split, both orders together cost what the original did, to the cent.

    Rounding may change the sum. The difference is stored on the backorder's line, as
    Odoo does with such amounts: it applies as long as quantity and price of that line
    stay, on its invoice too.
    """

    _inherit = "sale.order.line"

    def _get_document_amounts(self):
        """Return the amounts to keep: per line, or together if taxes round globally.

        :return: ``{lines: {tax_id or UNTAXED: amount}}``
        """
        if self.company_id.tax_calculation_rounding_method == "round_globally":
            return {self: self._get_amounts()}
        return {line: line._get_amounts() for line in self}

    def _get_amounts(self):
        """Return the amounts of these lines as one document, by tax."""
        amounts = defaultdict(float)
        for base_line in self._get_rounded_base_lines():
            details = base_line["tax_details"]
            amounts[UNTAXED] += (
                details["total_excluded_currency"]
                + details["delta_total_excluded_currency"]
            )
            for tax_data in details["taxes_data"]:
                amounts[tax_data["tax"].id] += tax_data["tax_amount_currency"]
        return amounts

    def _get_rounded_base_lines(self):
        taxes = self.env["account.tax"]
        base_lines = [
            line._prepare_base_line_for_taxes_computation()
            for line in self
            if not line.display_type
        ]
        taxes._add_tax_details_in_base_lines(base_lines, self.company_id)
        taxes._round_base_lines_tax_details(base_lines, self.company_id)
        return base_lines

    def _add_amounts(self, delta):
        """Fix the amounts of this line, ``delta`` beyond what it costs by itself."""
        self.ensure_one()
        [base_line] = self._get_rounded_base_lines()
        details = base_line["tax_details"]
        untaxed = details["total_excluded_currency"] + delta.get(UNTAXED, 0.0)
        self._fix_amounts(
            {
                "currency_id": base_line["currency_id"].id,
                "price_unit": base_line["price_unit"],
                "discount": base_line["discount"],
                "quantity": base_line["quantity"],
                "rate": base_line["rate"],
                "manual_total_excluded_currency": untaxed,
                # Odoo reads the total only if there is a tax
                "manual_tax_amounts": {
                    str(tax_data["tax"].id): self._prepare_fixed_tax(tax_data, delta)
                    for tax_data in details["taxes_data"]
                }
                or {str(UNTAXED): {}},
                "unsplit": self.extra_tax_data or False,
            }
        )

    def _prepare_fixed_tax(self, tax_data, delta):
        sign = -1 if tax_data["is_reverse_charge"] else 1
        amount = tax_data["tax_amount_currency"] + delta.get(tax_data["tax"].id, 0.0)
        return {
            "tax_amount_currency": sign * amount,
            "base_amount_currency": (
                tax_data["base_amount_currency"] + delta.get(UNTAXED, 0.0)
            ),
        }

    def _fix_amounts(self, extra_tax_data):
        self.extra_tax_data = extra_tax_data
        names = ["price_subtotal", "price_tax", "price_total"]
        for name in names:
            self.env.add_to_compute(self._fields[name], self)
        self.modified(names)

    def _unfix_amounts(self):
        """Clear the fixed amounts, as the line is merged back."""
        for line in self:
            if "unsplit" in (line.extra_tax_data or {}):
                line._fix_amounts(line.extra_tax_data["unsplit"])


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _keep_amounts(self, before, lines, plan):
        """Add the rounding difference of both orders to this backorder order.

        :param before: as from ``_get_document_amounts``
        :param lines: the original lines, now in either order
        """
        moved = {share.line: share for share in plan}
        for document, amounts in before.items():
            parts = self.order_line.filtered(
                lambda line, document=document: (
                    line.backorder_origin_line_id in document or line in document
                )
            )
            if not parts or (len(document) == 1 and moved[document].is_whole):
                continue
            stayed = document - parts
            delta = self._get_lost_amounts(amounts, stayed, parts)
            if delta:
                largest = parts.sorted(lambda line: abs(line.price_subtotal))[-1:]
                largest._add_amounts(delta)

    def _get_lost_amounts(self, amounts, *documents):
        """Return the difference in ``documents``, in the order's currency."""
        now = defaultdict(float)
        for lines in documents:
            for key, amount in lines._get_amounts().items():
                now[key] += amount
        delta = {
            key: self.currency_id.round(amounts[key] - now[key])
            for key in amounts.keys() | now.keys()
        }
        return {key: amount for key, amount in delta.items() if amount}
