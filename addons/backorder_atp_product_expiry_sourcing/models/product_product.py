# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.fields import Domain


class ProductProduct(models.Model):
    """Expired lots are listed as supply that does not count."""

    _inherit = "product.product"

    def _get_uncounted_kinds(self):
        return {**super()._get_uncounted_kinds(), "expired": self._get_expired_supply}

    def _get_expired_supply(self, warehouses):
        """Pickable and inbound stock that has expired."""
        now = fields.Datetime.now()
        quants = (
            self.env["stock.quant"]
            .sudo()
            .search(
                Domain("product_id", "in", self.ids)
                & Domain("product_id.use_expiration_date", "=", True)
                & Domain("location_id.warehouse_id", "in", warehouses.ids)
                & Domain("location_id.availability_kind", "in", ("pickable", "inbound"))
                & Domain("quantity", ">", 0)
                & (
                    Domain("removal_date", "<=", now)
                    | Domain("expiration_date", "<=", now)
                )
            )
        )
        return [quant._prepare_expired_supply(self.env) for quant in quants]
