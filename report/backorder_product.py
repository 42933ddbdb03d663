# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.tools import SQL


class BackorderProduct(models.Model):
    """What is short, by product and warehouse (C5)."""

    _name = "backorder.product"
    _description = "Product Short"
    _auto = False
    _order = "shortage_qty desc, id"
    _rec_name = "product_id"
    # what has to be written before the view is read
    _depends = {
        "sale.order": ["backordered_since"],
        "sale.order.line": [
            "order_id",
            "product_id",
            "warehouse_id",
            "open_qty",
            "backorder_product_qty",
            "product_uom_id",
        ],
    }

    product_id = fields.Many2one("product.product", readonly=True)
    product_uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    categ_id = fields.Many2one("product.category", "Category", readonly=True)
    warehouse_id = fields.Many2one("stock.warehouse", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    order_count = fields.Integer("Orders Waiting", readonly=True)
    needed_qty = fields.Float(
        "Needed",
        readonly=True,
        digits="Product Unit",
        help="Still to deliver by waiting orders.",
    )
    shortage_qty = fields.Float(
        "Short",
        readonly=True,
        digits="Product Unit",
        help="Of that, what nothing covers yet.",
    )
    waiting_since = fields.Datetime(readonly=True)
    available_qty = fields.Float(
        "Pickable",
        compute="_compute_availability",
        digits="Product Unit",
        help="Stock that orders can be picked from.",
    )
    inbound_qty = fields.Float(
        "Inbound",
        compute="_compute_availability",
        digits="Product Unit",
        help="Received, but not yet put away.",
    )
    incoming_qty = fields.Float(
        "Incoming",
        compute="_compute_availability",
        digits="Product Unit",
        help="On its way to the warehouse.",
    )
    fill_rate = fields.Float(
        "Filled (%)",
        compute="_compute_availability",
        help="Part of what waiting orders need that is allocated to them.",
    )

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT MIN(line.id) AS id, line.product_id, template.categ_id,
                   line.warehouse_id, line.company_id,
                   COUNT(DISTINCT line.order_id) AS order_count,
                   SUM(line.open_qty * line_uom.factor / uom.factor) AS needed_qty,
                   SUM(line.backorder_product_qty) AS shortage_qty,
                   MIN(so.backordered_since) AS waiting_since
              FROM sale_order_line line
              JOIN sale_order so ON so.id = line.order_id
              JOIN product_product product ON product.id = line.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
              JOIN uom_uom uom ON uom.id = template.uom_id
              JOIN uom_uom line_uom ON line_uom.id = line.product_uom_id
             WHERE line.backorder_product_qty > 0
             GROUP BY line.product_id, template.categ_id, line.warehouse_id,
                      line.company_id
            """
        )

    @api.depends("product_id", "warehouse_id")
    def _compute_availability(self):
        availability = self.env["stock.availability"].get_availability(
            self.product_id,
            self.warehouse_id,
            components=["pickable", "inbound", "incoming"],
        )
        for row in self:
            parts = availability.get((row.product_id.id, row.warehouse_id.id), {})
            row.available_qty = max(0.0, parts.get("pickable", 0.0))
            row.inbound_qty = max(0.0, parts.get("inbound", 0.0))
            row.incoming_qty = parts.get("incoming", 0.0)
            needed = row.needed_qty
            row.fill_rate = (
                100 * (needed - row.shortage_qty) / needed if needed else 0.0
            )

    def action_view_orders(self):
        """Open the orders that wait for these products."""
        return self.product_id.action_view_backorders()

    def action_fulfil(self):
        """Try to allocate the orders that wait for these products."""
        lines = self.env["sale.order.line"].search(
            [
                ("product_id", "in", self.product_id.ids),
                ("warehouse_id", "in", self.warehouse_id.ids),
                ("backorder_product_qty", ">", 0),
            ]
        )
        return lines.order_id.action_fulfil()
