# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.backorder_atp.dates import HORIZON_DAYS
from odoo.addons.backorder_atp.planned import without_jit

from ..models.backorder_rate_mixin import LATE_BUCKETS, LATE_SELECTION, RATES

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
            ("partly", "Partly"),
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
        help="95 % of the promises slipped by no more than this number of days.",
    )
    late_requested = fields.Selection(
        LATE_SELECTION,
        "Past Requested",
        readonly=True,
        help="How long the line is past its requested day without being shipped in"
        " full.",
    )
    late_promised = fields.Selection(
        LATE_SELECTION,
        "Past Promised",
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

    @property
    def _table_query(self):
        return SQL(
            """
            WITH day AS (%(days)s), line AS (%(lines)s), served AS (%(served)s)
            SELECT served.*, %(currency)s AS currency_id,
                   slip_days AS median_slip_days, slip_days AS most_slip_days,
                   %(late_requested)s AS late_requested,
                   %(late_promised)s AS late_promised,
                   %(rates)s
              FROM served
            """,
            days=self._get_day_query(),
            lines=self._get_line_query(),
            served=self._get_served_query(),
            currency=self.env.company.currency_id.id,
            late_requested=self._get_late_sql(SQL("requested_date")),
            late_promised=self._get_late_sql(SQL("promised_date")),
            rates=self._get_rates_sql(),
        )

    def _get_day_query(self):
        """Return today's date in each company, in its time zone."""
        return SQL(
            """
            SELECT company.id AS company_id, zone.tz,
                   (%s::timestamp AT TIME ZONE 'UTC' AT TIME ZONE zone.tz)::date
                       AS today
              FROM res_company company
              LEFT JOIN resource_calendar calendar
                     ON calendar.id = company.resource_calendar_id
             CROSS JOIN LATERAL (SELECT COALESCE(calendar.tz, 'UTC') AS tz) zone
            """,
            fields.Datetime.now(),
        )

    def _get_line_query(self):
        """Return the lines of confirmed orders with demand from stock."""
        return SQL(
            """
            SELECT line.id, line.order_id, partner.commercial_partner_id AS partner_id,
                   so.user_id, so.team_id, line.product_id, template.categ_id,
                   line.warehouse_id, line.company_id, day.today, day.tz,
                   LEAST('9999-12-31',
                       (COALESCE(requested.moment, so.date_order + lead.days)
                        AT TIME ZONE 'UTC' AT TIME ZONE day.tz)::date)
                       AS requested_date,
                   line.first_promise_date, line.promised_date,
                   COALESCE(%(ordered)s, 0)::numeric AS ordered_qty,
                   (line.price_subtotal / COALESCE(NULLIF(so.currency_rate, 0), 1)
                    * account_currency_table.rate) AS value
              FROM sale_order_line line
              JOIN sale_order so ON so.id = line.order_id
              JOIN res_partner partner ON partner.id = so.partner_id
              JOIN day ON day.company_id = line.company_id
              JOIN product_product product ON product.id = line.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
              JOIN uom_uom line_uom ON line_uom.id = line.product_uom_id
              JOIN uom_uom uom ON uom.id = template.uom_id
              JOIN %(currencies)s
                ON account_currency_table.company_id = line.company_id
             CROSS JOIN LATERAL (
                   SELECT LEAST(%(horizon)s, COALESCE(line.customer_lead, 0))
                          * INTERVAL '1 day' AS days) lead
             CROSS JOIN LATERAL (
                   SELECT CASE WHEN so.commitment_date < so.date_order
                                    + %(horizon)s * INTERVAL '1 day'
                          THEN so.commitment_date END AS moment) requested
             WHERE so.state = 'sale' AND line.product_uom_qty > 0
               AND line.display_type IS NULL
               AND (template.is_storable OR line.first_promise_date IS NOT NULL)
            """,
            currencies=self.env["sale.order.line"]._get_currency_table(),
            horizon=HORIZON_DAYS,
            ordered=self.env["uom.uom"]._get_converted_sql(
                SQL("line.product_uom_qty"), "line_uom", "uom"
            ),
        )

    def _get_served_query(self):
        """Return the quantities shipped of each line, and their dates."""
        return SQL(
            """
            SELECT line.id, line.order_id, line.partner_id, line.user_id, line.team_id,
                   line.product_id, line.categ_id, line.warehouse_id, line.company_id,
                   line.today, line.requested_date, line.first_promise_date,
                   line.promised_date, line.ordered_qty, shipped.completed_date,
                   LEAST(line.ordered_qty, shipped.quantity) AS shipped_qty,
                   GREATEST(0, line.ordered_qty - shipped.quantity) AS open_qty,
                   line.value * GREATEST(0, line.ordered_qty - shipped.quantity)
                       / NULLIF(line.ordered_qty, 0) AS open_value,
                   LEAST(line.ordered_qty, shipped.by_request) AS by_request,
                   line.promised_date - line.first_promise_date AS slip_days
              FROM line
             CROSS JOIN LATERAL (
                   SELECT COALESCE(SUM(quantity), 0) AS quantity,
                          COALESCE(SUM(quantity)
                              FILTER (WHERE day <= line.requested_date), 0)
                              AS by_request,
                          MIN(day) FILTER (WHERE total >= line.ordered_qty - 0.000001)
                              AS completed_date
                     FROM (SELECT day, quantity, SUM(quantity) OVER (ORDER BY day)
                                  AS total
                             FROM (%s) shipment) running) shipped
            """,
            self._get_shipment_query(),
        )

    def _get_shipment_query(self):
        """Return the quantities shipped for ``line`` by day; kits once complete."""
        return SQL(
            """
            SELECT (move.date AT TIME ZONE 'UTC' AT TIME ZONE line.tz)::date AS day,
                   COALESCE(%(quantity)s, 0)::numeric AS quantity
              FROM stock_move move
              JOIN stock_location place ON place.id = move.location_dest_id
              JOIN uom_uom move_uom ON move_uom.id = move.product_uom
              JOIN product_product product ON product.id = move.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
              JOIN uom_uom uom ON uom.id = template.uom_id
             WHERE move.sale_line_id = line.id AND move.product_id = line.product_id
               AND move.state = 'done' AND place.usage = 'customer'
             UNION ALL
            SELECT (MAX(move.date) AT TIME ZONE 'UTC' AT TIME ZONE line.tz)::date,
                   line.ordered_qty
              FROM stock_move move
              JOIN stock_location place ON place.id = move.location_dest_id
             WHERE move.sale_line_id = line.id AND move.product_id != line.product_id
               AND move.state != 'cancel' AND place.usage = 'customer'
            HAVING BOOL_AND(move.state = 'done')
            """,
            quantity=self.env["uom.uom"]._get_converted_sql(
                SQL("move.quantity"), "move_uom", "uom"
            ),
        )

    def _get_late_sql(self, day):
        """Return the age of lines that should have been shipped by ``day``."""
        whens = SQL(" ").join(
            SQL("WHEN today - %s <= %s THEN %s", day, last, key)
            for key, _label, last in LATE_BUCKETS
            if last is not None
        )
        return SQL(
            "CASE WHEN completed_date IS NULL AND %s < today"
            " THEN CASE %s ELSE %s END END",
            day,
            whens,
            LATE_BUCKETS[-1][0],
        )

    def _get_rates_sql(self):
        """Return the counts of the row and its own rates."""
        flags = self._get_flags()
        columns = [
            SQL("CASE WHEN %s THEN 1 ELSE 0 END AS %s", flag, SQL.identifier(name))
            for name, flag in flags.items()
        ]
        is_due = flags["due_lines"]
        columns += [
            SQL("CASE WHEN %s THEN ordered_qty ELSE 0 END AS due_qty", is_due),
            SQL("CASE WHEN %s THEN by_request ELSE 0 END AS filled_qty", is_due),
            SQL(
                "CASE WHEN %s THEN 100 * by_request / NULLIF(ordered_qty, 0) END"
                " AS unit_fill_rate",
                is_due,
            ),
            SQL(
                """CASE WHEN NOT %s THEN 'open' WHEN %s THEN 'filled'
                        WHEN by_request > 0 THEN 'partly' ELSE 'missed' END
                   AS fill_state""",
                is_due,
                flags["filled_lines"],
            ),
        ]
        for rate, (part, whole) in RATES.items():
            if whole not in flags:
                continue
            columns.append(
                SQL(
                    "CASE WHEN %s THEN CASE WHEN %s THEN 100 ELSE 0 END END AS %s",
                    flags[whole],
                    flags[part],
                    SQL.identifier(rate),
                )
            )
        return SQL(", ").join(columns)

    def _get_flags(self):
        """Return ``{count: whether the row counts}``; orders depend on all lines."""
        due = SQL("(requested_date < today)")
        first = SQL("COALESCE(first_promise_date < today, FALSE)")
        current = SQL("COALESCE(promised_date < today, FALSE)")
        filled = self._get_kept(SQL("requested_date"))
        last_promise = self._over_order("MAX", SQL("first_promise_date"))
        promised = SQL("COALESCE(%s < today, FALSE)", last_promise)
        complete = self._over_order("BOOL_AND", SQL("completed_date IS NOT NULL"))
        return {
            "due_lines": due,
            "filled_lines": SQL("(%s AND %s)", due, filled),
            "due_orders": self._over_order("BOOL_AND", due),
            "filled_orders": self._over_order(
                "BOOL_AND", SQL("%s AND %s", due, filled)
            ),
            "promised_orders": promised,
            "on_time_orders": SQL(
                "(%s AND %s AND %s <= %s)",
                promised,
                complete,
                self._over_order("MAX", SQL("completed_date")),
                last_promise,
            ),
            "first_promised_lines": first,
            "first_kept_lines": SQL(
                "(%s AND %s)", first, self._get_kept(SQL("first_promise_date"))
            ),
            "current_promised_lines": current,
            "current_kept_lines": SQL(
                "(%s AND %s)", current, self._get_kept(SQL("promised_date"))
            ),
        }

    def _get_kept(self, day):
        return SQL("COALESCE(completed_date <= %s, FALSE)", day)

    def _over_order(self, function, value):
        return SQL("%s(%s) OVER (PARTITION BY order_id)", SQL(function), value)

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
