# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.tools import SQL


class BackorderFrequency(models.Model):
    """How often a product caused a backorder.

    One row for each short product of each such order, from the log. Helps to set the
    safety stock.
    """

    _name = "backorder.frequency"
    _inherit = "sql.report.mixin"
    _description = "Backorder Frequency"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "product_id"
    _depends = {
        "backorder.event": ["event_type", "date", "company_id", "order_id", "payload"],
        "product.product": ["product_tmpl_id"],
        "product.template": ["categ_id"],
    }

    date = fields.Datetime(readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    order_id = fields.Many2one(
        "sale.order", "Orders", readonly=True, aggregator="count_distinct"
    )
    product_id = fields.Many2one("product.product", readonly=True)
    categ_id = fields.Many2one("product.category", "Category", readonly=True)
    warehouse_id = fields.Many2one("stock.warehouse", readonly=True)
    quantity = fields.Float("Short", readonly=True, digits="Product Unit")
    average_qty = fields.Float(
        "Short per Order", readonly=True, digits="Product Unit", aggregator="avg"
    )

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT ROW_NUMBER() OVER (ORDER BY event.id, item.position) AS id,
                   event.date, event.company_id, event.order_id,
                   product.id AS product_id, template.categ_id,
                   (item.line ->> 'warehouseId')::int AS warehouse_id,
                   (item.line ->> 'shortfall')::numeric AS quantity,
                   (item.line ->> 'shortfall')::numeric AS average_qty
              FROM backorder_event event
             CROSS JOIN LATERAL JSONB_ARRAY_ELEMENTS(event.payload -> 'lines')
                   WITH ORDINALITY item (line, position)
              JOIN product_product product
                ON product.id = (item.line ->> 'productId')::int
              JOIN product_template template ON template.id = product.product_tmpl_id
             WHERE event.event_type = 'order:backordered'
               AND JSONB_TYPEOF(event.payload -> 'lines') = 'array'
            """
        )
