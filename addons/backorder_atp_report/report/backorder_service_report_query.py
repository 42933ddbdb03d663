# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.tools import SQL

from odoo.addons.backorder_atp.dates import HORIZON_DAYS

from ..models.backorder_rate_mixin import LATE_BUCKETS, RATES


class BackorderServiceReport(models.Model):
    """The statement behind the report."""

    _inherit = "backorder.service.report"

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
