# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.tools import SQL

from ..models.backorder_event import PHASES

DECISION_TYPES = [
    ("order:approved", "Approved"),
    ("order:rejected", "Rejected"),
    ("order:override_withdrawn", "Withdrawn"),
]


class BackorderOverrideReport(models.Model):
    """Who let pass what, for whom, and how fast (B7).

    One row for each product of each decision in the log. Who asked and when is
    what the log says last before the decision.
    """

    _name = "backorder.override.report"
    _description = "Override"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "order_name"
    _depends = {
        "backorder.event": ["event_type", "date", "company_id", "payload"],
        "sale.order": ["partner_id", "team_id", "user_id"],
    }

    date = fields.Datetime("Decided On", readonly=True)
    event_id = fields.Many2one(
        "backorder.event", "Decisions", readonly=True, aggregator="count_distinct"
    )
    event_type = fields.Selection(DECISION_TYPES, "Decision", readonly=True)
    phase = fields.Selection(PHASES, readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    user_id = fields.Many2one("res.users", "Decided By", readonly=True)
    requester_id = fields.Many2one("res.users", "Asked By", readonly=True)
    request_date = fields.Datetime("Asked On", readonly=True)
    hours = fields.Float(
        "Hours to Decision",
        readonly=True,
        aggregator="avg",
        help="From the last time approval was asked for.",
    )
    reason = fields.Char(readonly=True)
    order_id = fields.Many2one("sale.order", readonly=True)
    order_name = fields.Char("Order Number", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    product_name = fields.Char(readonly=True)
    categ_id = fields.Many2one("product.category", "Category", readonly=True)
    warehouse_id = fields.Many2one("stock.warehouse", readonly=True)
    shortage_qty = fields.Float("Quantity", readonly=True, digits="Product Unit")
    value = fields.Monetary(readonly=True)
    has_discrepancy = fields.Boolean(
        "Open Discrepancy",
        readonly=True,
        help="Whether the stock of something on the order was in doubt at that moment:"
        " counted otherwise than expected, and nobody had explained it yet.",
    )

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT event.id * 10000 + COALESCE(line.position, 0) AS id,
                   event.id AS event_id, event.date, event.event_type, event.phase,
                   event.company_id, event.currency_id, event.reason,
                   event.order_name, decider.id AS user_id,
                   requester.id AS requester_id, request.date AS request_date,
                   (EXTRACT(EPOCH FROM event.date - request.date) / 3600)::float8
                       AS hours,
                   so.id AS order_id, so.partner_id, so.team_id,
                   product.id AS product_id, template.categ_id,
                   line.snapshot ->> 'product' AS product_name,
                   warehouse.id AS warehouse_id,
                   (line.snapshot ->> 'shortfall')::numeric AS shortage_qty,
                   (line.snapshot ->> 'value')::numeric AS value,
                   COALESCE(
                       COALESCE(
                           event.payload -> 'discrepancies',
                           line.snapshot -> 'discrepancies'
                       ) NOT IN ('[]', 'null', 'false'),
                       false
                   ) AS has_discrepancy
              FROM backorder_event event
              LEFT JOIN LATERAL jsonb_array_elements(event.payload -> 'lines')
                   WITH ORDINALITY AS line (snapshot, position) ON true
              LEFT JOIN LATERAL (
                    SELECT earlier.user_id, earlier.date
                      FROM backorder_event earlier
                     WHERE earlier.order_id = event.order_id
                       AND earlier.id < event.id
                       AND earlier.event_type = 'order:approval_requested'
                     ORDER BY earlier.id DESC
                     LIMIT 1
                   ) request ON true
              LEFT JOIN sale_order so ON so.id = event.order_id
              LEFT JOIN res_users decider ON decider.id = event.user_id
              LEFT JOIN res_users requester ON requester.id = request.user_id
              LEFT JOIN product_product product
                ON product.id = (line.snapshot ->> 'productId')::integer
              LEFT JOIN product_template template
                ON template.id = product.product_tmpl_id
              LEFT JOIN stock_warehouse warehouse
                ON warehouse.id = (line.snapshot ->> 'warehouseId')::integer
             WHERE event.event_type IN %s
            """,
            tuple(dict(DECISION_TYPES)),
        )

    def action_view_order(self):
        """Open the order, or the log entry of an order that is gone."""
        self.ensure_one()
        return (self.order_id or self.event_id).get_formview_action()
