# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.tools import SQL

from odoo.addons.backorder_atp.models.sale_order import BACKORDER_STATES
from odoo.addons.backorder_atp.models.sale_order_board import AGE_SELECTION


class BackorderReport(models.Model):
    """Current shortages by item: by customer, priority and status.

    An order with an unmatched item has a row without a product.
    """

    _name = "backorder.report"
    _inherit = "sql.report.mixin"
    _description = "Backorder Analysis"
    _auto = False
    _order = "backordered_since, id"
    _rec_name = "order_id"
    _depends = {
        "sale.order": [
            "backorder_state",
            "backorder_priority",
            "backordered_since",
            "currency_rate",
            "partner_id",
            "user_id",
        ],
        "sale.order.line": [
            "order_id",
            "product_id",
            "warehouse_id",
            "company_id",
            "open_qty",
            "backorder_product_qty",
            "price_subtotal",
            "product_uom_qty",
            "promised_date",
        ],
        "res.partner": ["commercial_partner_id"],
    }

    order_id = fields.Many2one(
        "sale.order", "Orders", readonly=True, aggregator="count_distinct"
    )
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    categ_id = fields.Many2one("product.category", "Category", readonly=True)
    warehouse_id = fields.Many2one("stock.warehouse", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    backorder_state = fields.Selection(BACKORDER_STATES, "Status", readonly=True)
    backorder_priority = fields.Selection(
        selection=lambda self: (
            self.env["sale.order"]._fields["backorder_priority"].selection
        ),
        string="Priority",
        readonly=True,
    )
    backordered_since = fields.Datetime(readonly=True)
    age_bucket = fields.Selection(AGE_SELECTION, "Age", readonly=True)
    age_days = fields.Float("Days on Backorder", readonly=True, aggregator="avg")
    promised_date = fields.Date("Promised For", readonly=True)
    shortage_qty = fields.Float("Short", readonly=True, digits="Product Unit")
    average_qty = fields.Float(
        "Short per Item", readonly=True, digits="Product Unit", aggregator="avg"
    )
    value = fields.Monetary(
        "Value Short",
        readonly=True,
        help="The quantity short at the prices of the orders, without taxes.",
    )

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT item.id, item.order_id, partner.commercial_partner_id AS partner_id,
                   so.user_id, item.product_id, item.categ_id, item.warehouse_id,
                   item.company_id, %(currency)s AS currency_id, so.backorder_state,
                   so.backorder_priority, item.backordered_since, %(age)s AS age_bucket,
                   FLOOR(EXTRACT(epoch FROM (NOW() AT TIME ZONE 'UTC')
                                 - item.backordered_since) / 86400)::float8 AS age_days,
                   line.promised_date, item.shortage_qty,
                   NULLIF(item.shortage_qty, 0) AS average_qty, item.value
              FROM (%(short)s) item
              JOIN sale_order so ON so.id = item.order_id
              JOIN res_partner partner ON partner.id = so.partner_id
              LEFT JOIN sale_order_line line ON line.id = item.id
            """,
            currency=self.env.company.currency_id.id,
            age=self.env["sale.order"]._get_age_bucket_sql(
                SQL("item.backordered_since")
            ),
            short=self.env["sale.order.line"]._get_short_rows(),
        )
