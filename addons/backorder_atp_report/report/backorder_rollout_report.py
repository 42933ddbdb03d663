# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.tools import SQL

from odoo.addons.backorder_atp.models.backorder_event import PHASES


class BackorderRolloutReport(models.Model):
    """Confirmed orders that the hard phase would have refused.

    One row for each order confirmed in the dark or soft phase. In the dark phase, the
    log has the orders that would have been refused; in the soft phase, those that
    needed approval.
    """

    _name = "backorder.rollout.report"
    _inherit = "sql.report.mixin"
    _description = "Enforcement Preview"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "order_id"
    _depends = {
        "backorder.event": ["event_type", "date", "company_id", "order_id", "payload"],
        "sale.order": [
            "amount_untaxed",
            "company_id",
            "currency_rate",
            "date_order",
            "partner_id",
            "state",
            "team_id",
            "user_id",
        ],
        "res.company": ["promise_phase", "currency_id"],
    }

    date = fields.Datetime("Confirmed On", readonly=True)
    order_id = fields.Many2one(
        "sale.order", "Orders", readonly=True, aggregator="count_distinct"
    )
    phase = fields.Selection(PHASES, readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    is_beyond_stock = fields.Boolean("Would Be Refused", readonly=True)
    beyond_count = fields.Integer("Orders Refused", readonly=True)
    beyond_share = fields.Float("Refused (%)", readonly=True, aggregator="avg")
    amount = fields.Monetary("Value of the Orders", readonly=True)
    beyond_amount = fields.Monetary("Value of Refused Orders", readonly=True)
    value = fields.Monetary(
        "Value at Risk", readonly=True, help="The short part of the refused orders."
    )

    @property
    def _table_query(self):
        return SQL(
            """
            WITH changed AS MATERIALIZED (
                SELECT company_id, date AS since,
                       payload ->> 'oldPhase' AS old_phase,
                       payload ->> 'newPhase' AS phase,
                       LAG(date) OVER periods AS previous,
                       LEAD(date) OVER periods AS until
                  FROM backorder_event
                 WHERE event_type = 'company:phase_changed'
                WINDOW periods AS (PARTITION BY company_id ORDER BY date, id)
            ), period AS MATERIALIZED (
                SELECT company_id, phase, since,
                       COALESCE(until, 'infinity'::timestamp) AS until
                  FROM changed
                 UNION ALL
                SELECT company_id, old_phase, '-infinity'::timestamp, since
                  FROM changed
                 WHERE previous IS NULL
                 UNION ALL
                SELECT id, promise_phase, '-infinity'::timestamp, 'infinity'::timestamp
                  FROM res_company
                 WHERE id NOT IN (SELECT company_id FROM changed)
            )
            SELECT so.id, so.id AS order_id, so.date_order AS date, period.phase,
                   so.company_id, company.currency_id, so.partner_id, so.user_id,
                   so.team_id, is_beyond AS is_beyond_stock,
                   is_beyond::integer AS beyond_count,
                   is_beyond::integer * 100.0 AS beyond_share,
                   amount, CASE WHEN is_beyond THEN amount ELSE 0 END AS beyond_amount,
                   CASE WHEN is_beyond THEN last.value ELSE 0 END AS value
              FROM sale_order so
              JOIN res_company company ON company.id = so.company_id
              JOIN period ON period.company_id = so.company_id
                         AND period.phase IN ('dark', 'soft')
                         AND so.date_order >= period.since
                         AND so.date_order < period.until
              LEFT JOIN LATERAL (
                    SELECT event.event_type, event.value
                      FROM backorder_event event
                     WHERE event.order_id = so.id
                       AND event.event_type = ANY (
                           CASE period.phase
                           WHEN 'dark' THEN ARRAY['order:would_block']
                           ELSE ARRAY[
                               'order:approval_requested', 'order:approved',
                               'order:rejected', 'order:override_withdrawn'
                           ]
                           END
                       )
                     ORDER BY event.id DESC
                     LIMIT 1
                   ) last ON true
             CROSS JOIN LATERAL (
                    SELECT COALESCE(
                               last.event_type NOT IN (
                                   'order:rejected', 'order:override_withdrawn'
                               ),
                               false
                           ) AS is_beyond,
                           so.amount_untaxed / COALESCE(NULLIF(so.currency_rate, 0), 1)
                               AS amount
                   ) reckoned
             WHERE so.state = 'sale'
            """
        )

    def action_view_order(self):
        self.ensure_one()
        return self.order_id.get_formview_action()
