# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class UomUom(models.Model):
    """Units without a ratio are left out of sums and reported."""

    _inherit = "uom.uom"

    def _convert_quantity(self, quantity, unit, **options):
        """Return ``quantity`` of this unit in ``unit``, for sums of many records.

        Zero if ``unit`` has no ratio, as after an import with an empty cell, so that
        one such record does not block a screen or other orders.

        :param options: as for Odoo's ``_compute_quantity``, which divides by zero
        """
        if unit and unit != self and not unit.factor:
            return 0.0
        return self._compute_quantity(quantity, unit, **options)

    @api.model
    def _get_converted_sql(self, quantity, unit, to_unit):
        """Return the same as SQL, or NULL if ``to_unit`` has no ratio.

        :param unit: alias of a table of units, like ``to_unit``
        """
        return SQL(
            """(CASE WHEN %(unit)s.id = %(to_unit)s.id THEN %(quantity)s
                ELSE %(quantity)s * %(unit)s.factor / NULLIF(%(to_unit)s.factor, 0)
                END)""",
            quantity=quantity,
            unit=SQL.identifier(unit),
            to_unit=SQL.identifier(to_unit),
        )

    @api.model
    def _report_without_size(self):
        """Report units without a ratio; delete the reports of corrected ones."""
        failures = self.env["backorder.failure"]
        units = self.sudo().with_context(active_test=False).search([])
        bad = units.filtered(lambda unit: not unit.factor)
        failures._forget("unit", units - bad)
        error = UserError(
            self.env._(
                "This unit of measure has no ratio, so quantities in it count as"
                " zero. Enter how much of the reference unit it contains."
            )
        )
        for unit in bad:
            failures._report("unit", unit, error, unit._get_ordering_company())

    def _get_ordering_company(self):
        """Return the company of the last order in this unit."""
        lines = self.env["sale.order.line"].sudo()
        domain = [
            "|",
            ("product_uom_id", "=", self.id),
            ("product_id.uom_id", "=", self.id),
        ]
        return lines.search(domain, order="id desc", limit=1).company_id
