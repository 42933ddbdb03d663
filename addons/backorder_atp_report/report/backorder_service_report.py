# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.backorder_atp.planned import without_jit

from ..models.backorder_rate_mixin import LATE_SELECTION

# Counted once per order, although there is a row for each line.
ORDER_COUNTS = ("due_orders", "filled_orders", "promised_orders", "on_time_orders")


class BackorderServiceReport(models.Model):
    """Service level: fill rates, on time in full, promises kept, lateness.

    One row for each line of a confirmed order with demand from stock, in the product's
    unit. The requested day is the delivery date of the order, or its date plus the lead
    time of the line, in the time zone of the company. A kit counts as shipped once all
    its components are.
    """

    _name = "backorder.service.report"
    _inherit = ["sql.report.mixin", "backorder.rate.mixin"]
    _description = "Service Level"
    _auto = False
    _order = "requested_date desc, id desc"
    _rec_name = "order_id"
    _depends = {
        "product.product": ["product_tmpl_id"],
        "product.template": ["categ_id", "is_storable", "uom_id"],
        "res.company": ["resource_calendar_id"],
        "res.partner": ["commercial_partner_id"],
        "resource.calendar": ["tz"],
        "sale.order": [
            "commitment_date",
            "currency_rate",
            "date_order",
            "partner_id",
            "state",
            "team_id",
            "user_id",
        ],
        "sale.order.line": [
            "company_id",
            "customer_lead",
            "display_type",
            "first_promise_date",
            "order_id",
            "price_subtotal",
            "product_id",
            "product_uom_id",
            "product_uom_qty",
            "promised_date",
            "warehouse_id",
        ],
        "stock.location": ["usage"],
        "stock.move": [
            "date",
            "location_dest_id",
            "product_id",
            "product_uom",
            "quantity",
            "sale_line_id",
            "state",
        ],
        "uom.uom": ["factor"],
    }

    order_id = fields.Many2one(
        "sale.order", "Orders", readonly=True, aggregator="count_distinct"
    )
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    categ_id = fields.Many2one("product.category", "Category", readonly=True)
    warehouse_id = fields.Many2one("stock.warehouse", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    requested_date = fields.Date("Requested For", readonly=True)
    first_promise_date = fields.Date("First Promised For", readonly=True)
    promised_date = fields.Date("Promised For", readonly=True)
    completed_date = fields.Date(
        "Shipped in Full On",
        readonly=True,
        help="The day on which the last quantity was shipped.",
    )
    ordered_qty = fields.Float("Ordered", readonly=True, digits="Product Unit")
    shipped_qty = fields.Float("Shipped", readonly=True, digits="Product Unit")
    open_qty = fields.Float("To Ship", readonly=True, digits="Product Unit")
    open_value = fields.Monetary(
        "Value to Ship",
        readonly=True,
        help="The value not shipped yet, untaxed, at the prices of the orders.",
    )
    fill_state = fields.Selection(
        [
            ("open", "Not Due"),
            ("filled", "Filled"),
            ("partly", "Partial"),
            ("missed", "Missed"),
        ],
        "Filled",
        readonly=True,
        help="The share shipped by the requested day, once that day is over.",
    )
    slip_days = fields.Integer(
        "Slip (Days)",
        readonly=True,
        aggregator="avg",
        help="The number of days by which the last promise is later than the first"
        " one.",
    )
    median_slip_days = fields.Float(
        "Slip (Median)",
        readonly=True,
        aggregator="avg",
        help="Half of the promises slipped by no more than this number of days.",
    )
    most_slip_days = fields.Float(
        "Slip (95th Percentile)",
        readonly=True,
        aggregator="avg",
        help="95% of the promises slipped by no more than this number of days.",
    )
    late_requested = fields.Selection(
        LATE_SELECTION,
        "Past Requested Day",
        readonly=True,
        help="How long the line is past its requested day without being shipped in"
        " full.",
    )
    late_promised = fields.Selection(
        LATE_SELECTION,
        "Past Promised Day",
        readonly=True,
        help="How long the line is past its promised day without being shipped in"
        " full.",
    )

    # ------------------------------------------------------------------
    # Sums
    # ------------------------------------------------------------------

    def _get_sum(self, column, query):
        """Count an order once, whatever the number of its lines in the group."""
        if column not in ORDER_COUNTS:
            return super()._get_sum(column, query)
        return SQL(
            "COUNT(DISTINCT %s) FILTER (WHERE %s = 1)",
            self._field_to_sql(self._table, "order_id", query),
            self._field_to_sql(self._table, column, query),
        )

    def _read_group_select(self, aggregate_spec, query):
        name, _colon, aggregator = aggregate_spec.partition(":")
        shares = {"median_slip_days": 0.5, "most_slip_days": 0.95}
        if name in shares and aggregator == "avg":
            return SQL(
                "PERCENTILE_CONT(%s) WITHIN GROUP (ORDER BY %s)",
                shares[name],
                self._field_to_sql(self._table, "slip_days", query),
            )
        if name in ORDER_COUNTS and aggregator == "sum":
            return self._get_sum(name, query)
        return super()._read_group_select(aggregate_spec, query)

    # ------------------------------------------------------------------
    # The statement
    # ------------------------------------------------------------------

    def action_view_order(self):
        """Open the order of the line."""
        self.ensure_one()
        return self.order_id.get_formview_action()

    # ------------------------------------------------------------------
    # Daily figures
    # ------------------------------------------------------------------

    @api.model
    def _get_day_figures(self, company, since, until):
        """Return the counts due from ``since`` to before ``until``.

        Each line counts on the day after its requested or promised day, so that the
        counts of consecutive days add up.

        :return: ``{count: number}``, named as in ``backorder.rate.mixin``, and
            ``slip_days``, the sum over the promises due
        """
        requested, last_requested = SQL("requested_date"), "MAX(requested_date)"
        first, last_first = SQL("first_promise_date"), "MAX(first_promise_date)"
        current = SQL("promised_date")
        query = SQL(
            """
                WITH report AS (SELECT * FROM %(table)s report
                                 WHERE company_id = %(company)s),
                ordered AS (
                    SELECT %(last_requested)s AS requested_date,
                           %(last_first)s AS first_promise_date,
                           MAX(due_orders) AS due_orders,
                           MAX(filled_orders) AS filled_orders,
                           MAX(promised_orders) AS promised_orders,
                           MAX(on_time_orders) AS on_time_orders
                      FROM report GROUP BY order_id)
                SELECT lines.*, orders.* FROM (
                    SELECT %(line_sums)s FROM report) lines
                 CROSS JOIN (SELECT %(order_sums)s FROM ordered) orders
                """,
            table=SQL("(%s)", self._table_query),
            company=company.id,
            last_requested=SQL(last_requested),
            last_first=SQL(last_first),
            line_sums=self._get_window_sums(
                {
                    "due_qty": requested,
                    "filled_qty": requested,
                    "due_lines": requested,
                    "filled_lines": requested,
                    "first_promised_lines": first,
                    "first_kept_lines": first,
                    "current_promised_lines": current,
                    "current_kept_lines": current,
                    "slip_days": current,
                },
                since,
                until,
            ),
            order_sums=self._get_window_sums(
                {
                    "due_orders": requested,
                    "filled_orders": requested,
                    "promised_orders": first,
                    "on_time_orders": first,
                },
                since,
                until,
            ),
        )
        with without_jit(self.env.cr):
            return self.env.execute_query_dict(query)[0]

    def _get_window_sums(self, days, since, until):
        return SQL(", ").join(
            SQL(
                "COALESCE(SUM(%(name)s) FILTER (WHERE %(day)s >= %(since)s"
                " AND %(day)s < %(until)s), 0)::float8 AS %(name)s",
                name=SQL.identifier(name),
                day=day,
                since=since,
                until=until,
            )
            for name, day in days.items()
        )

    @api.model
    def _get_late_figures(self, company):
        """Return ``[(requested or promised, bucket, lines, value)]`` of late lines."""
        rows = []
        for basis in ("requested", "promised"):
            name = f"late_{basis}"
            groups = self._read_group(
                [("company_id", "=", company.id), (name, "!=", False)],
                [name],
                ["__count", "open_value:sum"],
            )
            rows += [(basis, *group) for group in groups]
        return rows
