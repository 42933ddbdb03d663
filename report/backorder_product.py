# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.tools import SQL

from ..dates import HORIZON_DAYS, add_days
from ..models.sale_order_board import AGE_SELECTION


class BackorderProduct(models.Model):
    """What is short, by product and warehouse (C5, C11, D3)."""

    _name = "backorder.product"
    _inherit = "sql.report.mixin"
    _description = "Product Short"
    _auto = False
    _order = "shortage_qty desc, id"
    _rec_name = "product_id"
    # what has to be written before the view is read
    _depends = {
        "sale.order": ["backordered_since", "currency_rate"],
        "sale.order.line": [
            "order_id",
            "product_id",
            "warehouse_id",
            "open_qty",
            "backorder_qty",
            "backorder_product_qty",
            "price_subtotal",
            "product_uom_id",
            "product_uom_qty",
        ],
        "stock.location": ["warehouse_id", "availability_kind", "usage"],
        "stock.move": [
            "product_id",
            "location_id",
            "location_dest_id",
            "location_final_id",
            "state",
            "product_qty",
            "date",
        ],
    }

    product_id = fields.Many2one("product.product", readonly=True)
    product_uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    categ_id = fields.Many2one("product.category", "Category", readonly=True)
    warehouse_id = fields.Many2one("stock.warehouse", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
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
    average_qty = fields.Float(
        "Short per Order",
        readonly=True,
        digits="Product Unit",
        aggregator="avg",
        help="What an order that waits is short of on average.",
    )
    value = fields.Monetary(
        "Value Short",
        readonly=True,
        help="What is short, untaxed, at the prices of the orders.",
    )
    impact = fields.Float(
        readonly=True,
        help="Orders waiting times quantity short: what to reorder first.",
    )
    fill_rate = fields.Float(
        "Filled (%)",
        readonly=True,
        aggregator="avg",
        help="Part of what waiting orders need that is allocated to them.",
    )
    waiting_since = fields.Datetime(readonly=True)
    age_bucket = fields.Selection(AGE_SELECTION, "Age", readonly=True)
    incoming_qty = fields.Float(
        "Incoming",
        readonly=True,
        digits="Product Unit",
        help="On its way to the warehouse.",
    )
    incoming_date = fields.Datetime(
        "Earliest Arrival",
        readonly=True,
        help="When the first of what is on its way is planned to arrive.",
    )
    missing_qty = fields.Float(
        "To Purchase",
        readonly=True,
        digits="Product Unit",
        help="What is short even when all that is on its way has arrived.",
    )
    resolution = fields.Selection(
        [
            ("resolvable", "Resolvable"),
            ("needs_purchase", "Needs Additional Purchase"),
        ],
        readonly=True,
        help="Whether what is on its way covers all that is short.",
    )
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

    # ------------------------------------------------------------------
    # The statement
    # ------------------------------------------------------------------

    @property
    def _table_query(self):
        return SQL(
            """
            WITH short AS MATERIALIZED (%(short)s), place AS (%(places)s),
                 incoming AS (%(incoming)s)
            SELECT short.*, %(currency)s AS currency_id,
                   short.shortage_qty / short.order_count AS average_qty,
                   short.shortage_qty * short.order_count AS impact,
                   CASE WHEN short.needed_qty > 0
                        THEN 100 * (short.needed_qty - short.shortage_qty)
                             / short.needed_qty ELSE 0 END AS fill_rate,
                   %(age)s AS age_bucket,
                   COALESCE(incoming.incoming, 0) AS incoming_qty,
                   incoming.incoming_date,
                   GREATEST(0, short.shortage_qty - COALESCE(incoming.incoming, 0))
                       AS missing_qty,
                   CASE WHEN incoming.incoming >= short.shortage_qty
                        THEN 'resolvable' ELSE 'needs_purchase' END AS resolution
              FROM short
              LEFT JOIN incoming ON incoming.product_id = short.product_id
                   AND incoming.warehouse_id = short.warehouse_id
            """,
            currency=self.env.company.currency_id.id,
            short=self._get_short_query(),
            places=self.env["stock.availability"]._get_place_query(
                self.env["stock.warehouse"]
                .sudo()
                .with_context(active_test=False)
                .search([])
            ),
            incoming=self._get_incoming_query(),
            age=self.env["sale.order"]._get_age_bucket_sql(SQL("short.waiting_since")),
        )

    def _get_short_query(self):
        board = self.env["backorder.board"]
        return SQL(
            """
            SELECT MIN(line.id) AS id, line.product_id, template.categ_id,
                   line.warehouse_id, line.company_id,
                   COUNT(DISTINCT line.order_id) AS order_count,
                   SUM(line.open_qty * line_uom.factor / uom.factor) AS needed_qty,
                   SUM(line.backorder_product_qty) AS shortage_qty,
                   SUM(%(value)s) AS value,
                   MIN(so.backordered_since) AS waiting_since
              FROM sale_order_line line
              JOIN sale_order so ON so.id = line.order_id
              JOIN %(currencies)s
                ON account_currency_table.company_id = so.company_id
              JOIN product_product product ON product.id = line.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
              JOIN uom_uom uom ON uom.id = template.uom_id
              JOIN uom_uom line_uom ON line_uom.id = line.product_uom_id
             WHERE line.backorder_product_qty > 0
             GROUP BY line.product_id, template.categ_id, line.warehouse_id,
                      line.company_id
            """,
            value=board._get_shortage_value(),
            currencies=board._get_currency_table(),
        )

    def _get_incoming_query(self):
        """What is on its way to each short product, as the calculator counts it."""
        return SQL(
            """
            SELECT product_id, warehouse_id, SUM(quantity) AS incoming,
                   MIN(date) FILTER (WHERE date < %s) AS incoming_date
              FROM (%s) supply
             GROUP BY product_id, warehouse_id
            """,
            add_days(fields.Datetime.now(), HORIZON_DAYS),
            self.env["stock.availability"]._get_incoming_rows(
                SQL("IN (SELECT product_id FROM short)")
            ),
        )

    # ------------------------------------------------------------------
    # Computed
    # ------------------------------------------------------------------

    @api.depends("product_id", "warehouse_id")
    def _compute_availability(self):
        availability = self.env["stock.availability"].get_availability(
            self.product_id, self.warehouse_id, components=["pickable", "inbound"]
        )
        for row in self:
            parts = availability.get((row.product_id.id, row.warehouse_id.id), {})
            row.available_qty = max(0.0, parts.get("pickable", 0.0))
            row.inbound_qty = max(0.0, parts.get("inbound", 0.0))

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

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
