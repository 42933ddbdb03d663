# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models

#: The losers come first.
OUTCOME_ORDER = ("worse", "better", "same")
#: How many lines of an outcome are shown.
SHOWN_LINES = 200


class BackorderRun(models.Model):
    """Who wins and who loses by a run: before and after, line by line."""

    _inherit = "backorder.run"

    def get_comparison(self):
        """Return the lines of this run before and after it, those who lose first.

        :return: dict of ``totals``, ``{outcome: dict}`` with ``count``, ``value``,
            ``before`` and ``after`` (reserved quantities) for ``worse``, ``better``
            and ``same``; and ``rows``, each with ``id``, ``order_id``, ``name``,
            ``partner``, ``product``, ``unit``, ``outcome``, ``quantity`` (to deliver),
            ``before`` and ``after`` (reserved), ``date_before``, ``date_after`` and
            ``wanted_date`` (False: not in sight), ``reason`` and ``is_exception``.
            Quantities are in the product's unit. Orders that the user may not read
            have neither id nor customer. ``hidden_count`` lines are left out.
        :raise AccessError: for a run that the user may not read
        """
        self.ensure_one()
        self.check_access("read")
        lines = self.line_ids
        groups = {
            outcome: lines.filtered(lambda line, key=outcome: line.outcome == key)
            for outcome in OUTCOME_ORDER
        }
        shown = lines.browse().union(
            *(
                group.sorted(self._get_comparison_key)[:SHOWN_LINES]
                for group in groups.values()
            )
        )
        return {
            "totals": {
                outcome: self._prepare_outcome(group)
                for outcome, group in groups.items()
            },
            "rows": self._prepare_comparison_rows(shown),
            "hidden_count": len(lines) - len(shown),
        }

    def _get_comparison_key(self, line):
        """Those with the largest change of their reservation first."""
        return -abs(line.new_reserved - line.old_reserved), line.place, line.id

    def _prepare_outcome(self, lines):
        return {
            "count": len(lines),
            "value": sum(lines.mapped("value")),
            "before": sum(lines.mapped("old_reserved")),
            "after": sum(lines.mapped("new_reserved")),
        }

    def _prepare_comparison_rows(self, lines):
        orders = lines.sudo().order_id.sudo(False)._filtered_access("read")
        return [self._prepare_comparison_row(line, orders) for line in lines.sudo()]

    def _prepare_comparison_row(self, line, readable):
        return {
            "id": line.id,
            **line.order_id._prepare_reference(readable),
            "product": line.product_id.display_name,
            "unit": line.product_uom_id.name,
            "outcome": line.outcome,
            "quantity": line.quantity,
            "before": line.old_reserved,
            "after": line.new_reserved,
            "date_before": line.old_date,
            "date_after": line.new_date,
            "wanted_date": line.wanted_date,
            "reason": line.reason or "",
            "is_exception": line.is_exception,
        }
