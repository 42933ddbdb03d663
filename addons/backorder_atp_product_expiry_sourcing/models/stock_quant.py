# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.tools import format_date


class StockQuant(models.Model):
    _inherit = "stock.quant"

    def _prepare_expired_supply(self, env):
        """Return this stock as supply that does not count, with the reason."""
        return {
            "product": self.product_id.with_env(env),
            "warehouse": self.location_id.warehouse_id.with_env(env),
            "quantity": self.quantity,
            "date": False,
            "reason": env._(
                "Lot %(lot)s expired or was due for removal on %(day)s. Scrap it, or"
                " correct its dates.",
                lot=self.lot_id.name,
                day=format_date(env, self.lot_id._get_last_moment()),
            ),
            "record": self,
        }
