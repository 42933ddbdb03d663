# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class StockQuant(models.Model):
    """Lots are promised until the earlier of their removal and expiration dates."""

    _inherit = "stock.quant"

    def _get_promise_condition(self, stock):
        return SQL(
            "(%s AND NOT EXISTS (%s))",
            super()._get_promise_condition(stock),
            SQL(
                """SELECT FROM stock_lot lot
                     JOIN product_product perishable ON perishable.id = lot.product_id
                     JOIN product_template template
                       ON template.id = perishable.product_tmpl_id
                      AND template.use_expiration_date
                    WHERE lot.id = %s
                      AND LEAST(lot.removal_date, lot.expiration_date) <= %s""",
                SQL.identifier(stock, "lot_id"),
                fields.Datetime.now(),
            ),
        )

    def _get_promise_domain(self, company, moment=None):
        moment = moment or fields.Datetime.now()
        fresh = Domain.AND(
            Domain(name, "=", False) | Domain(name, ">", moment)
            for name in ("removal_date", "expiration_date")
        )
        lasting = Domain("product_id.use_expiration_date", "=", False)
        return super()._get_promise_domain(company, moment) & (lasting | fresh)

    def _flush_promise_condition(self):
        self.env["stock.lot"].flush_model(
            ["product_id", "removal_date", "expiration_date"]
        )
        self.env["product.product"].flush_model(["product_tmpl_id"])
        self.env["product.template"].flush_model(["use_expiration_date"])
        return super()._flush_promise_condition()
