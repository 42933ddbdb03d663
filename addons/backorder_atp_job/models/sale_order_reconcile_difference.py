# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.tools import float_compare

from odoo.addons.backorder_atp.models.sale_order_line import BACKORDER_FIELDS

# Number of differences shown for an order on one line.
NAMED_CHANGES = 5


class SaleOrder(models.Model):
    """What reconciling changed, in words and in the log."""

    _inherit = "sale.order"

    # ------------------------------------------------------------------
    # Differences
    # ------------------------------------------------------------------

    def _compare_figures(self, before, after):
        """Return the outcome of one order; see :meth:`_reconcile`."""
        self.ensure_one()
        lines = self._get_repaired_lines(before, after)
        changes = [
            *self._describe_order_changes(before, after),
            *(
                change
                for line in lines
                for change in line._describe_changes(
                    before["lines"][line.id], after["lines"][line.id]
                )
            ),
        ]
        return {
            "result": "repaired" if changes else "right",
            "changes": changes,
            "difference": {
                line: after["lines"][line.id]["backorder_product_qty"]
                - before["lines"][line.id]["backorder_product_qty"]
                for line in lines
            },
        }

    def _get_repaired_lines(self, before, after):
        """Return the lines whose figures differ by more than rounding."""
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        return self.order_line.filtered(
            lambda line: any(
                float_compare(
                    before["lines"][line.id][name],
                    after["lines"][line.id][name],
                    precision_digits=digits,
                )
                for name in BACKORDER_FIELDS
            )
        )

    def _describe_order_changes(self, before, after):
        """Yield the differences of the order itself as text."""
        if before["state"] != after["state"]:
            labels = dict(
                self._fields["backorder_state"]._description_selection(self.env)
            )
            yield self._describe_change(
                self._fields["backorder_state"]._description_string(self.env),
                labels.get(before["state"], before["state"]),
                labels[after["state"]],
            )
        if before["since"] != after["since"]:
            yield self._describe_change(
                self._fields["backordered_since"]._description_string(self.env),
                *(
                    fields.Datetime.to_string(date) or self.env._("nothing")
                    for date in (before["since"], after["since"])
                ),
            )

    def _describe_change(self, name, before, after):
        return self.env._(
            "%(name)s: %(before)s, now %(after)s", name=name, before=before, after=after
        )

    def _get_stock_impact(self):
        """Return the quantity and cost that the order still takes from stock.

        :return: ``{"items": [{"lineId", "sku", "product", "location", "quantity",
            "unitCost", "totalCost"}], "totalQuantity", "totalValue"}``: quantities in
            the product's unit, costs in the company's currency
        """
        self.ensure_one()
        items = [
            line._prepare_stock_impact() for line in self.order_line if line.open_qty
        ]
        return {
            "items": items,
            "totalQuantity": sum(item["quantity"] for item in items),
            "totalValue": sum(item["totalCost"] for item in items),
        }

    # ------------------------------------------------------------------
    # Log
    # ------------------------------------------------------------------

    def _log_repairs(self, outcomes, before, after):
        """Log the previous and the repaired figures of each order."""
        self.env["backorder.event"]._log_many(
            [
                {
                    "event_type": "order:reconciled",
                    "order": order,
                    "quantity": sum(outcome["difference"].values()),
                    "reason": order._shorten_changes(outcome["changes"]),
                    "payload": order._prepare_repair_payload(
                        outcome, before[order.id], after[order.id]
                    ),
                }
                for order, outcome in outcomes.items()
                if outcome["result"] == "repaired"
            ]
        )

    def _shorten_changes(self, changes):
        shown = changes[:NAMED_CHANGES]
        if left := len(changes) - len(shown):
            shown.append(self.env._("and %s more", left))
        return "; ".join(shown)

    def _prepare_repair_payload(self, outcome, before, after):
        return {
            "previousStatus": before["state"],
            "newStatus": after["state"],
            "backorderedSinceBefore": fields.Datetime.to_string(before["since"]),
            "backorderedSince": fields.Datetime.to_string(after["since"]),
            "lines": [
                line._prepare_repair_payload(
                    before["lines"][line.id], after["lines"][line.id], difference
                )
                for line, difference in outcome["difference"].items()
            ],
        }
