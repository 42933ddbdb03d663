# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

OUTCOMES = [
    ("open", "On Backorder"),
    ("filled", "Filled"),
    ("split", "Split or Merged"),
    ("cancelled", "Cancelled"),
]


class BackorderEpisode(models.Model):
    """Backorder episodes: from the first shortage of an order until nothing is short.

    Based on the log. If the start of an episode was archived, its end provides the
    figures.
    """

    _name = "backorder.episode"
    _inherit = "sql.report.mixin"
    _description = "Backorder Episode"
    _auto = False
    _order = "start_date desc, id desc"
    _rec_name = "order_name"
    _depends = {
        "backorder.event": [
            "event_type",
            "date",
            "company_id",
            "order_id",
            "order_name",
            "trigger_source",
            "payload",
        ],
        "res.company": ["backorder_target_hours"],
    }

    order_id = fields.Many2one(
        "sale.order", "Orders", readonly=True, aggregator="count_distinct"
    )
    order_name = fields.Char("Order Number", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    start_date = fields.Datetime("On Backorder Since", readonly=True)
    end_date = fields.Datetime("On Backorder Until", readonly=True)
    hours = fields.Float(
        "Hours on Backorder",
        readonly=True,
        aggregator="avg",
        help="From the first shortage until nothing was short.",
    )
    outcome = fields.Selection(OUTCOMES, readonly=True)
    on_target_rate = fields.Float(
        "Within Target (%)",
        readonly=True,
        aggregator="avg",
        help="Share of the filled episodes within the company's target.",
    )
    end_source = fields.Char("Ended By", readonly=True)

    @property
    def _table_query(self):
        return self._get_query()

    @api.model
    def _get_query(self):
        """Return the episodes as SQL, also for other reports."""
        return SQL(
            """
            WITH step AS (
                SELECT event.id, event.event_type = 'order:backordered' AS is_start,
                       event.order_id, event.order_name, event.company_id, event.date,
                       (event.payload ->> 'backorderedSince')::timestamp AS since,
                       event.payload ? 'cancelled' AS is_cancelled,
                       event.trigger_source,
                       LAG(event.event_type) OVER orders AS previous_type,
                       LEAD(event.id) OVER orders AS next_id
                  FROM backorder_event event
                 WHERE event.event_type IN
                       ('order:backordered', 'order:backorder_resolved')
                WINDOW orders AS (PARTITION BY event.order_id
                                  ORDER BY event.date, event.id)
            ), episode AS (
                SELECT start.id, start.order_id, start.order_name, start.company_id,
                       LEAST(start.since, start.date) AS start_date,
                       last.date AS end_date, last.is_cancelled, last.trigger_source
                  FROM step start
                  LEFT JOIN step last ON last.id = start.next_id AND NOT last.is_start
                 WHERE start.is_start
                 UNION ALL
                SELECT id, order_id, order_name, company_id, since, date,
                       is_cancelled, trigger_source
                  FROM step
                 WHERE NOT is_start AND since IS NOT NULL
                   AND previous_type IS DISTINCT FROM 'order:backordered'
            )
            SELECT episode.id, episode.order_id, episode.order_name,
                   episode.company_id, episode.start_date, episode.end_date,
                   duration.hours, outcome.value AS outcome,
                   CASE WHEN outcome.value = 'filled'
                        THEN CASE WHEN duration.hours <= company.backorder_target_hours
                                  THEN 100 ELSE 0 END
                    END AS on_target_rate,
                   episode.trigger_source AS end_source
              FROM episode
              LEFT JOIN res_company company ON company.id = episode.company_id
             CROSS JOIN LATERAL (
                   SELECT (EXTRACT(epoch FROM episode.end_date - episode.start_date)
                           / 3600)::float8 AS hours
                   ) duration
             CROSS JOIN LATERAL (
                   SELECT CASE WHEN episode.end_date IS NULL THEN 'open'
                               WHEN episode.is_cancelled THEN 'cancelled'
                               WHEN episode.trigger_source ~ '^(split|merge):'
                               THEN 'split' ELSE 'filled' END AS value
                   ) outcome
            """
        )

    def action_view_order(self):
        """Open the order of the episode.

        :raise UserError: when the order no longer exists
        """
        self.ensure_one()
        order = self.order_id.exists()
        if not order:
            raise UserError(
                self.env._(
                    "%s no longer exists. The log keeps its history.",
                    self.order_name,
                )
            )
        return order.get_formview_action()
