# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.tools import SQL

from ..models.backorder_event import PHASES

OVERSELL_TYPES = [
    ("order:would_block", "Would Be Refused"),
    ("order:blocked", "Refused"),
    ("order:approval_requested", "Approval Asked For"),
]


class BackorderOversellReport(models.Model):
    """Who tried to promise more than there was, of what (B7).

    One row for each short line of each attempt in the log.
    """

    _name = "backorder.oversell.report"
    _description = "Oversell Attempt"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "order_name"
    _depends = {
        "backorder.event": ["event_type", "date", "company_id", "payload"],
        "sale.order": ["partner_id", "team_id", "user_id"],
    }

    date = fields.Datetime(readonly=True)
    event_id = fields.Many2one(
        "backorder.event", "Attempts", readonly=True, aggregator="count_distinct"
    )
    event_type = fields.Selection(OVERSELL_TYPES, "What Came of It", readonly=True)
    phase = fields.Selection(PHASES, readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    user_id = fields.Many2one("res.users", "Tried By", readonly=True)
    order_id = fields.Many2one("sale.order", readonly=True)
    order_name = fields.Char("Order Number", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    salesman_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    product_name = fields.Char(readonly=True)
    categ_id = fields.Many2one("product.category", "Category", readonly=True)
    warehouse_id = fields.Many2one("stock.warehouse", readonly=True)
    requested_qty = fields.Float("Requested", readonly=True, digits="Product Unit")
    available_qty = fields.Float(
        "Available", readonly=True, digits="Product Unit", aggregator=None
    )
    shortage_qty = fields.Float("Short", readonly=True, digits="Product Unit")
    value = fields.Monetary("Value at Risk", readonly=True)

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT event.id * 10000 + line.position AS id, event.id AS event_id,
                   event.date, event.event_type, event.phase, event.company_id,
                   event.currency_id, attempter.id AS user_id, event.order_name,
                   so.id AS order_id, so.partner_id, so.user_id AS salesman_id,
                   so.team_id, product.id AS product_id, template.categ_id,
                   line.snapshot ->> 'product' AS product_name,
                   warehouse.id AS warehouse_id,
                   (line.snapshot ->> 'required')::numeric AS requested_qty,
                   (line.snapshot ->> 'available')::numeric AS available_qty,
                   (line.snapshot ->> 'shortfall')::numeric AS shortage_qty,
                   (line.snapshot ->> 'value')::numeric AS value
              FROM backorder_event event
             CROSS JOIN LATERAL jsonb_array_elements(event.payload -> 'lines')
                   WITH ORDINALITY AS line (snapshot, position)
              LEFT JOIN sale_order so ON so.id = event.order_id
              LEFT JOIN res_users attempter ON attempter.id = event.user_id
              LEFT JOIN product_product product
                ON product.id = (line.snapshot ->> 'productId')::integer
              LEFT JOIN product_template template
                ON template.id = product.product_tmpl_id
              LEFT JOIN stock_warehouse warehouse
                ON warehouse.id = (line.snapshot ->> 'warehouseId')::integer
             WHERE event.event_type IN %s
            """,
            tuple(dict(OVERSELL_TYPES)),
        )

    def action_view_order(self):
        """Open the order, or the log entry of an order that is gone."""
        self.ensure_one()
        return (self.order_id or self.event_id).get_formview_action()
