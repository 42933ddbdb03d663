# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict

from odoo import api, models

from .stock_move import FREE_STOCK

# Changing one of these changes what a line takes, and from where.
CLAIM_FIELDS = {
    "location_dest_id",
    "location_id",
    "move_id",
    "product_uom_id",
    "quant_id",
    "quantity",
}


class StockMoveLine(models.Model):
    """Manual picking is checked against the stock reserved for others."""

    _inherit = "stock.move.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._record_claims({})
        return lines

    def write(self, vals):
        if not CLAIM_FIELDS & vals.keys():
            return super().write(vals)
        before = self._get_claims()
        result = super().write(vals)
        self._record_claims(before)
        return result

    def unlink(self):
        claims = self._get_claims()
        result = super().unlink()
        self.browse()._record_claims(claims)
        return result

    def _record_claims(self, before):
        """Record how far what these lines take differs from ``before``."""
        claims = self._get_claims()
        changes = {
            key: claims.get(key, 0.0) - before.get(key, 0.0)
            for key in claims.keys() | before.keys()
        }
        if changes:
            self.env["stock.soft.reservation"]._record_claims(changes)

    def _get_claims(self):
        """Return what these lines take where anything is soft reserved.

        Reservations by Odoo itself leave out soft reserved stock and do not count.

        :return: ``{(product_id, warehouse_id, move_id): quantity}``, in the
            product's unit
        """
        claims = defaultdict(float)
        reserved = self.env["stock.soft.reservation"]._filter_soft_reserved(
            self.product_id
        )
        if not reserved or FREE_STOCK.get(self.env.cr) is not None:
            return claims
        for line in self.filtered(lambda line: line.product_id in reserved):
            place = line.location_id
            if line.move_id and line.move_id._takes_soft_reserved_stock(place):
                key = (line.product_id.id, place.warehouse_id.id, line.move_id.id)
                claims[key] += line.quantity_product_uom
        return claims
