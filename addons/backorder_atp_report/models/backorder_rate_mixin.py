# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.tools import SQL

# Numerator and denominator of each rate.
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
    """Service rates; for a group, the sums are divided, not the rates averaged.

    Lines count once their day is over: lines requested or promised for today or later
    are in no denominator. Quantities shipped to the customer count as shipped, even if
    they are returned later.
    """

    _name = "backorder.rate.mixin"
    _description = "Service Rates"

    due_qty = fields.Float(
        "Due Units",
        readonly=True,
        digits="Product Unit",
        help="Units ordered for a day that is over.",
    )
    filled_qty = fields.Float(
        "Filled Units",
        readonly=True,
        digits="Product Unit",
        help="Units due that were shipped by the requested day.",
    )
    due_lines = fields.Integer(readonly=True, help="Lines whose requested day is over.")
    filled_lines = fields.Integer(
        readonly=True, help="Lines due that were shipped in full by the requested day."
    )
    due_orders = fields.Integer(
        readonly=True, help="Orders all of whose lines are due."
    )
    filled_orders = fields.Integer(
        readonly=True,
        help="Due orders with every line shipped in full by its requested day.",
    )
    promised_orders = fields.Integer(
        readonly=True, help="Orders first promised for a day that is over."
    )
    on_time_orders = fields.Integer(
        "Orders on Time in Full",
        readonly=True,
        help="Orders promised that were shipped in full by the first promised day.",
    )
    first_promised_lines = fields.Integer(
        "Promised Lines (First)",
        readonly=True,
        help="Lines first promised for a day that is over.",
    )
    first_kept_lines = fields.Integer(
        "First Promises Kept",
        readonly=True,
        help="Lines that were shipped in full by the first promised day.",
    )
    current_promised_lines = fields.Integer(
        "Promised Lines (Last)",
        readonly=True,
        help="Lines last promised for a day that is over.",
    )
    current_kept_lines = fields.Integer(
        "Last Promises Kept",
        readonly=True,
        help="Lines that were shipped in full by the last promised day.",
    )
    unit_fill_rate = fields.Float(
        "Unit Fill (%)",
        readonly=True,
        aggregator="avg",
        help="Units filled as a share of the units due, across all products.",
    )
    line_fill_rate = fields.Float(
        "Line Fill (%)",
        readonly=True,
        aggregator="avg",
        help="Lines filled as a share of the lines due.",
    )
    order_fill_rate = fields.Float(
        "Order Fill (%)",
        readonly=True,
        aggregator="avg",
        help="Orders filled as a share of the orders due.",
    )
    on_time_in_full_rate = fields.Float(
        "On Time in Full (%)",
        readonly=True,
        aggregator="avg",
        help="Orders shipped in full by the first promised day, as a share of the"
        " orders promised.",
    )
    first_promise_rate = fields.Float(
        "First Promise Kept (%)",
        readonly=True,
        aggregator="avg",
        help="Lines shipped in full by the first promised day, as a share of the lines"
        " promised.",
    )
    current_promise_rate = fields.Float(
        "Last Promise Kept (%)",
        readonly=True,
        aggregator="avg",
        help="Lines shipped in full by the last promised day, as a share of the lines"
        " promised.",
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
