# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..dates import HORIZON_DAYS, add_days
from ..models.sale_order_board import AGE_SELECTION
from ..models.sale_order_line_backordered import SHORT_DEPENDS


class BackorderProduct(models.Model):
    """The shortages by product and warehouse."""

    _name = "backorder.product"
    _inherit = "sql.report.mixin"
    _description = "Product Short"
    _auto = False
    _order = "shortage_qty desc, id"
    _rec_name = "product_id"
    # fields to flush before the view is read
    _depends = {
        **SHORT_DEPENDS,
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
    # Not summed: an order may be short of several products.
    order_count = fields.Integer("Orders on Backorder", readonly=True, aggregator=None)
    held_count = fields.Integer(
        "Orders on Hold",
        readonly=True,
        aggregator=None,
        help="Shown separately, not included in the orders on backorder.",
    )
    needed_qty = fields.Float(
        "Needed",
        readonly=True,
        digits="Product Unit",
        help="Quantity still to be delivered for orders on backorder.",
    )
    shortage_qty = fields.Float(
        "Short",
        readonly=True,
        digits="Product Unit",
        help="The part of the needed quantity that is neither reserved nor covered by"
        " stock.",
    )
    average_qty = fields.Float(
        "Short per Order",
        readonly=True,
        digits="Product Unit",
        aggregator="avg",
        help="Average quantity short for each order on backorder.",
    )
    value = fields.Monetary(
        "Value Short",
        readonly=True,
        help="The quantity short at the orders' prices, without taxes.",
    )
    held_qty = fields.Float(
        "Short on Hold",
        readonly=True,
        digits="Product Unit",
        help="The quantity short on orders on hold.",
    )
    held_value = fields.Monetary("Value on Hold", readonly=True)
    impact = fields.Float(
        readonly=True,
        help="Orders on backorder times the quantity short: reorder the highest first.",
    )
    fill_rate = fields.Float(
        "Filled (%)",
        readonly=True,
        aggregator="avg",
        help="Share of the quantity needed by orders on backorder that is allocated"
        " to them.",
    )
    backordered_since = fields.Datetime(readonly=True)
    age_bucket = fields.Selection(AGE_SELECTION, "Age", readonly=True)
    incoming_qty = fields.Float(
        "Incoming",
        readonly=True,
        digits="Product Unit",
        help="Incoming quantity for the warehouse.",
    )
    incoming_date = fields.Datetime(
        "Earliest Arrival",
        readonly=True,
        help="Planned date of the first incoming receipt.",
    )
    missing_qty = fields.Float(
        "To Purchase",
        readonly=True,
        digits="Product Unit",
        help="Quantity short even after all incoming receipts have arrived.",
    )
    resolution = fields.Selection(
        [
            ("resolvable", "Resolvable"),
            ("needs_purchase", "Needs Additional Purchase"),
        ],
        readonly=True,
        help="Whether incoming receipts cover the whole quantity short.",
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
                   short.shortage_qty / NULLIF(short.order_count, 0) AS average_qty,
                   short.shortage_qty * short.order_count AS impact,
                   CASE WHEN short.needed_qty > 0
                        THEN 100 * (short.needed_qty - short.shortage_qty)
                             / short.needed_qty ELSE 0 END AS fill_rate,
                   %(age)s AS age_bucket,
                   COALESCE(incoming.incoming, 0) AS incoming_qty,
                   incoming.incoming_date,
                   GREATEST(0, short.shortage_qty - COALESCE(incoming.incoming, 0))
                       AS missing_qty,
                   CASE WHEN short.shortage_qty = 0 THEN NULL
                        WHEN incoming.incoming >= short.shortage_qty
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
            age=self.env["sale.order"]._get_age_bucket_sql(
                SQL("short.backordered_since")
            ),
        )

    def _get_short_query(self):
        return SQL(
            """
            SELECT MIN(id) AS id, product_id, categ_id, warehouse_id, company_id,
                   COUNT(DISTINCT order_id) FILTER (WHERE NOT is_held) AS order_count,
                   COUNT(DISTINCT order_id) FILTER (WHERE is_held) AS held_count,
                   COALESCE(SUM(needed_qty) FILTER (WHERE NOT is_held), 0)
                       AS needed_qty,
                   COALESCE(SUM(shortage_qty) FILTER (WHERE NOT is_held), 0)
                       AS shortage_qty,
                   COALESCE(SUM(shortage_qty) FILTER (WHERE is_held), 0) AS held_qty,
                   COALESCE(SUM(value) FILTER (WHERE NOT is_held), 0) AS value,
                   COALESCE(SUM(value) FILTER (WHERE is_held), 0) AS held_value,
                   MIN(backordered_since) FILTER (WHERE NOT is_held)
                       AS backordered_since
              FROM (%s) item
             WHERE product_id IS NOT NULL
             GROUP BY product_id, categ_id, warehouse_id, company_id
            """,
            self.env["sale.order.line"]._get_short_rows(),
        )

    def _get_incoming_query(self):
        """Return the incoming quantity of each short product, as SQL."""
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

    @api.model
    def _get_backordered_domain(self):
        """Return the domain of products that are short for orders not on hold."""
        return Domain("order_count", ">", 0)

    def action_view_orders(self):
        """Open the orders that are short of these products in their warehouses."""
        lines = self.env["sale.order.line"]
        return self.env["sale.order"]._get_board_action(
            Domain(
                "order_line", "any", lines._get_short_domain() & self._get_line_domain()
            )
        )

    def action_fulfil(self):
        """Try to allocate the orders that are short of these products."""
        lines = self.env["sale.order.line"]
        short = lines.search(lines._get_backordered_domain() & self._get_line_domain())
        return short.order_id.action_fulfil()

    def _get_line_domain(self):
        """Return the domain of lines for these products in their warehouses."""
        return Domain.OR(
            Domain("product_id", "=", row.product_id.id)
            & Domain("warehouse_id", "=", row.warehouse_id.id)
            for row in self
        )
