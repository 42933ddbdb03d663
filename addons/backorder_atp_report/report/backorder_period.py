# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.backorder_atp.planned import without_jit


class BackorderPeriod(models.Model):
    """Months and quarters of a company, based on the log.

    Calendar periods in UTC. The current period counts up to now.
    """

    _name = "backorder.period"
    _inherit = "sql.report.mixin"
    _description = "Backorder Period"
    _auto = False
    _order = "date_from desc, company_id"
    _rec_name = "date_from"
    _depends = {
        "backorder.event": [
            "event_type",
            "date",
            "company_id",
            "order_id",
            "trigger_source",
            "payload",
        ],
        "res.company": ["backorder_target_hours"],
        "sale.order": ["backorder_state", "company_id", "date_order", "state"],
        "sale.order.line": ["order_id", "product_id"],
    }

    company_id = fields.Many2one("res.company", readonly=True)
    period_type = fields.Selection(
        [("month", "Month"), ("quarter", "Quarter")], readonly=True
    )
    date_from = fields.Date("Period", readonly=True)
    opened_count = fields.Integer(
        "New Backorders", readonly=True, help="Orders that fell short in the period."
    )
    filled_count = fields.Integer(
        "Resolved",
        readonly=True,
        help="Orders whose backorders were completely filled.",
    )
    cancelled_count = fields.Integer("Cancelled", readonly=True)
    stale_count = fields.Integer(
        "On Hold by Age",
        readonly=True,
        help="Orders put on hold automatically because of their age.",
    )
    held_count = fields.Integer(
        "Newly on Hold",
        readonly=True,
        help="Orders put on hold, manually or automatically.",
    )
    open_count = fields.Integer(
        "On Backorder at the End",
        readonly=True,
        aggregator=None,
        help="Orders on backorder at the end of the period, or now; without orders on"
        " hold.",
    )
    held_open_count = fields.Integer(
        "On Hold at the End",
        readonly=True,
        aggregator=None,
        help="Orders on hold at the end of the period, or now.",
    )
    open_change = fields.Integer(
        "Change",
        readonly=True,
        help="Change in orders on backorder at the end, from the previous period.",
    )
    median_hours = fields.Float(
        "Median Hours to Allocation",
        readonly=True,
        aggregator=None,
        help="Half of the orders resolved in the period took no longer than this.",
    )
    average_hours = fields.Float(
        "Average Hours to Fulfil", readonly=True, aggregator=None
    )
    on_target_rate = fields.Float(
        "Resolved Within Target (%)",
        readonly=True,
        aggregator=None,
        help="Share of the resolved orders within the target.",
    )
    confirmed_count = fields.Integer(
        "Orders Confirmed",
        readonly=True,
        help="Orders with storable products confirmed in the period.",
    )
    fulfilment_rate = fields.Float(
        "Fulfilment Rate (%)",
        readonly=True,
        aggregator=None,
        help="Share of the orders confirmed in the period that were not on backorder"
        " at its end.",
    )
    target_hours = fields.Integer(
        related="company_id.backorder_target_hours", string="Target Hours"
    )
    target_rate = fields.Float(
        related="company_id.backorder_target_rate", string="Target Rate (%)"
    )

    @api.model
    def _get_figures(self, company, date_from, date_to):
        """Return the figures of any period, named like the fields of this model.

        The caller flushes the log and the orders.

        :param date_to: the first day after the period
        """
        query = SQL(
            """
            WITH %(sources)s, period AS (
                SELECT %(company)s AS company_id, %(start)s::timestamp AS date_from,
                       %(end)s::timestamp AS date_to
            )
            SELECT episodes.*, on_hold.*, ordered.*, %(held)s AS held_count,
                   %(stale)s AS stale_count
              FROM period
             CROSS JOIN LATERAL (%(on_hold)s) on_hold
             CROSS JOIN LATERAL (%(episodes)s) episodes
             CROSS JOIN LATERAL (%(ordered)s) ordered
            """,
            sources=self._get_sources_query(),
            company=company.id,
            start=date_from,
            end=date_to,
            held=self._get_held_query(),
            stale=self._get_held_query(SQL("held.kind = 'rule'")),
            on_hold=self._get_on_hold_query(),
            episodes=self._get_episode_query(),
            ordered=self._get_ordered_query(),
        )
        with without_jit(self.env.cr):
            return self.env.execute_query_dict(query)[0]

    @property
    def _table_query(self):
        return SQL(
            """
            WITH %(sources)s, period AS (%(periods)s)
            SELECT ROW_NUMBER() OVER (ORDER BY period.date_from, period.period_type,
                                               period.company_id) AS id,
                   period.company_id, period.period_type,
                   period.date_from::date AS date_from,
                   episodes.*, on_hold.*, ordered.*, %(held)s AS held_count,
                   %(stale)s AS stale_count,
                   episodes.open_count - COALESCE(LAG(episodes.open_count) OVER (
                       PARTITION BY period.company_id, period.period_type
                       ORDER BY period.date_from), 0) AS open_change
              FROM period
             CROSS JOIN LATERAL (%(on_hold)s) on_hold
             CROSS JOIN LATERAL (%(episodes)s) episodes
             CROSS JOIN LATERAL (%(ordered)s) ordered
            """,
            sources=self._get_sources_query(),
            periods=self._get_periods_query(),
            held=self._get_held_query(),
            stale=self._get_held_query(SQL("held.kind = 'rule'")),
            on_hold=self._get_on_hold_query(),
            episodes=self._get_episode_query(),
            ordered=self._get_ordered_query(),
        )

    def _get_sources_query(self):
        """Return the common table expressions of the figures."""
        return SQL(
            """
            episode AS MATERIALIZED (%s),
            held AS MATERIALIZED (
                SELECT company_id, order_id, date, payload ->> 'holdKind' AS kind
                  FROM backorder_event
                 WHERE event_type = 'order:on_hold'
            ), hold AS MATERIALIZED (
                SELECT order_id, event_type = 'order:on_hold' AS is_hold, date AS since,
                       LEAD(date) OVER (PARTITION BY order_id ORDER BY date, id)
                           AS until
                  FROM backorder_event
                 WHERE event_type IN ('order:on_hold', 'order:hold_released')
            ), confirmed AS MATERIALIZED (%s)
            """,
            self.env["backorder.episode"]._get_query(),
            self._get_confirmed_query(),
        )

    def _get_held_query(self, condition=None):
        """Return the column with the orders put on hold in a period."""
        return SQL(
            """
            (SELECT COUNT(DISTINCT held.order_id) FROM held
              WHERE held.company_id = period.company_id
                AND held.date >= period.date_from AND held.date < period.date_to
                AND %s)
            """,
            condition or SQL("TRUE"),
        )

    def _get_periods_query(self):
        """Return every month and quarter since the first one in the log."""
        return SQL(
            """
            SELECT first.company_id, kind.name AS period_type, start AS date_from,
                   start + kind.length AS date_to
              FROM (SELECT company_id, MIN(date) AS date
                      FROM (SELECT company_id, start_date AS date FROM episode
                             UNION ALL SELECT company_id, date FROM held) known
                     GROUP BY company_id) first
             CROSS JOIN (VALUES ('month', INTERVAL '1 month'),
                                ('quarter', INTERVAL '3 months')) kind (name, length)
             CROSS JOIN LATERAL GENERATE_SERIES(
                   DATE_TRUNC(kind.name, first.date),
                   (NOW() AT TIME ZONE 'UTC'), kind.length) start
            """
        )

    def _get_on_hold_query(self):
        """Return the column with the orders on hold at the end of a period.

        Based on the orders for the current period, and on the log for past ones.
        """
        return SQL(
            """
            SELECT CASE WHEN period.date_to > (NOW() AT TIME ZONE 'UTC')
                        THEN (SELECT COUNT(*) FROM episode
                                JOIN sale_order so ON so.id = episode.order_id
                               WHERE episode.company_id = period.company_id
                                 AND episode.end_date IS NULL
                                 AND so.backorder_state = 'on_hold')
                        ELSE (SELECT COUNT(DISTINCT episode.id) FROM hold
                                JOIN episode ON episode.order_id = hold.order_id
                               WHERE episode.company_id = period.company_id
                                 AND hold.is_hold AND hold.since < period.date_to
                                 AND (hold.until IS NULL
                                      OR hold.until >= period.date_to)
                                 AND episode.start_date < period.date_to
                                 AND (episode.end_date IS NULL
                                      OR episode.end_date >= period.date_to))
                    END AS held_open_count
            """
        )

    def _get_episode_query(self):
        """Return the figures of the episodes of a period."""
        return SQL(
            """
            SELECT COUNT(*) FILTER (WHERE is_started) AS opened_count,
                   COUNT(*) FILTER (WHERE is_filled) AS filled_count,
                   COUNT(*) FILTER (WHERE is_ended AND outcome = 'cancelled')
                       AS cancelled_count,
                   COUNT(*) FILTER (WHERE start_date < period.date_to
                       AND (end_date IS NULL OR end_date >= period.date_to))
                       - on_hold.held_open_count AS open_count,
                   PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY hours)
                       FILTER (WHERE is_filled) AS median_hours,
                   AVG(hours) FILTER (WHERE is_filled) AS average_hours,
                   AVG(on_target_rate) FILTER (WHERE is_filled)::float8
                       AS on_target_rate
              FROM (SELECT episode.*, inside.*,
                           inside.is_ended AND episode.outcome = 'filled' AS is_filled
                      FROM episode
                     CROSS JOIN LATERAL (
                           SELECT episode.start_date >= period.date_from
                                  AND episode.start_date < period.date_to AS is_started,
                                  episode.end_date >= period.date_from
                                  AND episode.end_date < period.date_to AS is_ended
                           ) inside
                     WHERE episode.company_id = period.company_id
                       AND episode.start_date < period.date_to) own
            """
        )

    def _get_confirmed_query(self):
        """Return the confirmed orders with demand from stock."""
        return SQL(
            """
            SELECT so.id, so.company_id, so.date_order AS date
              FROM sale_order so
             WHERE so.state = 'sale'
               AND EXISTS (
                   SELECT FROM sale_order_line line
                     JOIN product_product product ON product.id = line.product_id
                     JOIN product_template template
                       ON template.id = product.product_tmpl_id
                    WHERE line.order_id = so.id AND template.is_storable)
            """
        )

    def _get_ordered_query(self):
        """Return the orders confirmed in a period, and those still on backorder."""
        return SQL(
            """
            SELECT COUNT(*) AS confirmed_count,
                   (100.0 * COUNT(*) FILTER (WHERE NOT is_backordered)
                       / NULLIF(COUNT(*), 0))::float8 AS fulfilment_rate
              FROM (SELECT EXISTS (
                           SELECT FROM episode
                            WHERE episode.order_id = confirmed.id
                              AND episode.start_date < period.date_to
                              AND (episode.end_date IS NULL
                                   OR episode.end_date >= period.date_to))
                           AS is_backordered
                      FROM confirmed
                     WHERE confirmed.company_id = period.company_id
                       AND confirmed.date >= period.date_from
                       AND confirmed.date < period.date_to) own
            """
        )
