# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.tools import SQL

from odoo.addons.backorder_atp.models.backorder_event import PHASES

# Fields that these reports read, to be flushed first.
EVENT_LINE_DEPENDS = {
    "backorder.event": ["event_type", "date", "company_id", "payload"],
    "sale.order": ["partner_id", "team_id", "user_id"],
}


class BackorderEventLineMixin(models.AbstractModel):
    """Base of reports with a row for each product of each log entry."""

    _name = "backorder.event.line.mixin"
    _inherit = "sql.report.mixin"
    _description = "Backorder Log Line"
    _order = "date desc, id desc"
    _rec_name = "order_name"

    date = fields.Datetime(readonly=True)
    event_id = fields.Many2one(
        "backorder.event", readonly=True, aggregator="count_distinct"
    )
    phase = fields.Selection(PHASES, readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    user_id = fields.Many2one("res.users", readonly=True)
    order_id = fields.Many2one("sale.order", readonly=True)
    order_name = fields.Char("Order Number", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    product_name = fields.Char(readonly=True)
    categ_id = fields.Many2one("product.category", "Category", readonly=True)
    warehouse_id = fields.Many2one("stock.warehouse", readonly=True)
    shortage_qty = fields.Float("Short", readonly=True, digits="Product Unit")
    value = fields.Monetary(readonly=True)

    def _get_line_columns(self):
        """Return the columns of these fields, over :meth:`_get_line_tables`."""
        return SQL(
            """event.id * 10000 + COALESCE(line.position, 0) AS id,
               event.id AS event_id, event.date, event.event_type, event.phase,
               event.company_id, event.currency_id, event.order_name,
               actor.id AS user_id, so.id AS order_id, so.partner_id, so.team_id,
               product.id AS product_id, template.categ_id,
               line.snapshot ->> 'product' AS product_name,
               warehouse.id AS warehouse_id,
               (line.snapshot ->> 'shortfall')::numeric AS shortage_qty,
               (line.snapshot ->> 'value')::numeric AS value"""
        )

    def _get_line_tables(self):
        """Return the log entries with their lines and existing records."""
        return SQL(
            """backorder_event event
               LEFT JOIN LATERAL jsonb_array_elements(event.payload -> 'lines')
                    WITH ORDINALITY AS line (snapshot, position) ON true
               LEFT JOIN sale_order so ON so.id = event.order_id
               LEFT JOIN res_users actor ON actor.id = event.user_id
               LEFT JOIN product_product product
                 ON product.id = (line.snapshot ->> 'productId')::integer
               LEFT JOIN product_template template
                 ON template.id = product.product_tmpl_id
               LEFT JOIN stock_warehouse warehouse
                 ON warehouse.id = (line.snapshot ->> 'warehouseId')::integer"""
        )

    def action_view_order(self):
        """Open the order, or the log entry if the order was deleted."""
        self.ensure_one()
        return (self.order_id or self.event_id).get_formview_action()
