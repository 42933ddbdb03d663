# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

#: ``{key: (label, first day, last day)}``; keys sort by age.
AGE_BUCKETS = {
    "d00": ("0–2 days", 0, 2),
    "d03": ("3–7 days", 3, 7),
    "d08": ("8–14 days", 8, 14),
    "d15": ("15–30 days", 15, 30),
    "d31": ("Over 30 days", 31, None),
}
AGE_SELECTION = [(key, label) for key, (label, *_days) in AGE_BUCKETS.items()]


class SaleOrder(models.Model):
    """How the board shows a backordered order."""

    _inherit = "sale.order"

    backorder_age_bucket = fields.Selection(
        AGE_SELECTION,
        "Age",
        compute="_compute_backorder_age_bucket",
        search="_search_backorder_age_bucket",
        help="Full days since the first shortage, in ranges.",
    )
    backorder_fill_rate = fields.Float(
        "Filled (%)",
        compute="_compute_backorder_fill_rate",
        help="Share of the quantity ordered from stock that is not short. Unmatched"
        " items are short.",
    )

    # ------------------------------------------------------------------
    # Age
    # ------------------------------------------------------------------

    @api.depends("backordered_since")
    def _compute_backorder_age_bucket(self):
        for order in self:
            order.backorder_age_bucket = order.backordered_since and (
                self._get_age_bucket(order.backorder_age)
            )

    @api.model
    def _get_age_bucket(self, days):
        return next(
            key
            for key, (_label, _first, last) in AGE_BUCKETS.items()
            if last is None or days <= last
        )

    @api.model
    def _search_backorder_age_bucket(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain.OR(
            self._get_age_bucket_domain(key) if key else self._get_ageless_domain()
            for key in value
        )

    @api.model
    def _get_ageless_domain(self):
        return Domain("backordered_since", "=", False)

    @api.model
    def _get_age_bucket_domain(self, key):
        _label, first, last = AGE_BUCKETS[key]
        now = fields.Datetime.now()
        domain = Domain("backordered_since", "<=", now - timedelta(days=first))
        if last is not None:
            domain &= Domain("backordered_since", ">", now - timedelta(days=last + 1))
        return domain

    @api.model
    def _get_age_bucket_sql(self, since):
        """Return the key of the age range of a date, as SQL."""
        whens = [
            SQL("WHEN age.days <= %s THEN %s", last, key)
            for key, (_label, _first, last) in AGE_BUCKETS.items()
            if last is not None
        ]
        return SQL(
            """(SELECT CASE %s ELSE %s END
                  FROM (SELECT FLOOR(EXTRACT(epoch FROM
                               (now() AT TIME ZONE 'UTC') - %s) / 86400) AS days) age
                 WHERE age.days IS NOT NULL)""",
            SQL(" ").join(whens),
            next(reversed(AGE_BUCKETS)),
            since,
        )

    def _field_to_sql(self, alias, field_expr, query=None):
        """Group by age, which is not stored because it changes every day."""
        if field_expr == "backorder_age_bucket":
            since = self._field_to_sql(alias, "backordered_since", query)
            return self._get_age_bucket_sql(since)
        return super()._field_to_sql(alias, field_expr, query)

    # ------------------------------------------------------------------
    # Fill
    # ------------------------------------------------------------------

    @api.depends(
        "order_line.backorder_product_qty",
        "order_line.product_uom_qty",
        "unmatched_line_ids.product_id",
        "unmatched_line_ids.quantity",
    )
    def _compute_backorder_fill_rate(self):
        for order in self:
            lines = order.order_line.filtered(lambda line: line._needs_stock())
            unmatched = sum(order._get_unmatched_items().mapped("quantity"))
            ordered = unmatched + sum(line._get_product_qty() for line in lines)
            short = unmatched + sum(lines.mapped("backorder_product_qty"))
            order.backorder_fill_rate = (
                100 * max(0.0, ordered - short) / ordered if ordered else 0.0
            )
