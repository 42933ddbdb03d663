# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.tools import SQL

# What each rate is a part of: numerator and denominator.
RATES = {
    "unit_fill_rate": ("filled_qty", "due_qty"),
    "line_fill_rate": ("filled_lines", "due_lines"),
    "order_fill_rate": ("filled_orders", "due_orders"),
    "on_time_in_full_rate": ("on_time_orders", "promised_orders"),
    "first_promise_rate": ("first_kept_lines", "first_promised_lines"),
    "current_promise_rate": ("current_kept_lines", "current_promised_lines"),
}

# Days late: key, label, last day.
LATE_BUCKETS = [
    ("l01", "Up to 3 days", 3),
    ("l04", "4–7 days", 7),
    ("l08", "8–14 days", 14),
    ("l15", "15–30 days", 30),
    ("l31", "31–60 days", 60),
    ("l61", "Over 60 days", None),
]
LATE_SELECTION = [(key, label) for key, label, _last in LATE_BUCKETS]


class BackorderRateMixin(models.AbstractModel):
    """Rates of service: of a group, its sums divided, no average of averages.

    Everything is counted once its day is over: what was asked for, or promised, for
    today or later is in no denominator. Shipped is what left for the customer; what
    comes back later was shipped.
    """

    _name = "backorder.rate.mixin"
    _description = "Rates of Service"

    due_qty = fields.Float(
        "Units Due",
        readonly=True,
        digits="Product Unit",
        help="Ordered for a day that is over.",
    )
    filled_qty = fields.Float(
        "Units Filled",
        readonly=True,
        digits="Product Unit",
        help="Of the units due, those shipped by the day they were wanted.",
    )
    due_lines = fields.Integer(readonly=True, help="Lines whose requested day is over.")
    filled_lines = fields.Integer(
        readonly=True, help="Of the lines due, those shipped in full by that day."
    )
    due_orders = fields.Integer(
        readonly=True, help="Orders all of whose lines are due."
    )
    filled_orders = fields.Integer(
        readonly=True,
        help="Of the orders due, those with every line shipped in full by its day.",
    )
    promised_orders = fields.Integer(
        readonly=True, help="Orders first promised for a day that is over."
    )
    on_time_orders = fields.Integer(
        "Orders on Time in Full",
        readonly=True,
        help="Of the orders promised, those shipped in full by the day first promised.",
    )
    first_promised_lines = fields.Integer(
        "Lines Promised (First)",
        readonly=True,
        help="Lines first promised for a day that is over.",
    )
    first_kept_lines = fields.Integer(
        "First Promises Kept",
        readonly=True,
        help="Of those lines, the ones shipped in full by the day first promised.",
    )
    current_promised_lines = fields.Integer(
        "Lines Promised (Last)",
        readonly=True,
        help="Lines whose last promise is for a day that is over.",
    )
    current_kept_lines = fields.Integer(
        "Last Promises Kept",
        readonly=True,
        help="Of those lines, the ones shipped in full by the day promised last.",
    )
    unit_fill_rate = fields.Float(
        "Unit Fill (%)",
        readonly=True,
        aggregator="avg",
        help="Units filled of the units due. Units of different products add up.",
    )
    line_fill_rate = fields.Float(
        "Line Fill (%)",
        readonly=True,
        aggregator="avg",
        help="Lines filled of the lines due.",
    )
    order_fill_rate = fields.Float(
        "Order Fill (%)",
        readonly=True,
        aggregator="avg",
        help="Orders filled of the orders due.",
    )
    on_time_in_full_rate = fields.Float(
        "On Time in Full (%)",
        readonly=True,
        aggregator="avg",
        help="Orders shipped in full by the day first promised, of those promised.",
    )
    first_promise_rate = fields.Float(
        "First Promise Kept (%)",
        readonly=True,
        aggregator="avg",
        help="Lines shipped in full by the day first promised, of those promised.",
    )
    current_promise_rate = fields.Float(
        "Last Promise Kept (%)",
        readonly=True,
        aggregator="avg",
        help="Lines shipped in full by the day promised last, of those promised.",
    )

    def _read_group_select(self, aggregate_spec, query):
        """Divide the sums of a group."""
        name, _colon, aggregator = aggregate_spec.partition(":")
        if name not in RATES or aggregator != "avg":
            return super()._read_group_select(aggregate_spec, query)
        part, whole = (self._get_sum(column, query) for column in RATES[name])
        return SQL("100.0 * %s / NULLIF(%s, 0)", part, whole)

    def _get_sum(self, column, query):
        return SQL("SUM(%s)", self._field_to_sql(self._table, column, query))
