# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class StockPolicy(models.Model):
    """Backorders up to the incoming quantity."""

    _inherit = "stock.policy"

    def _get_quantities_beyond(self, limits):
        incoming = self._get_trusted_supply(
            [key for key, limit in limits.items() if limit.kind == "incoming"]
        )
        return {**super()._get_quantities_beyond(limits), **incoming}

    def _get_trusted_supply(self, keys):
        """Return ``{(product_id, warehouse_id): incoming quantity that counts}``.

        Receipts that are too late, or for one order alone, do not count, nor do
        returns and receipts created by hand.
        """
        if not keys:
            return {}
        projection = (
            self.env["stock.availability"]
            .sudo()
            .get_projection(
                self.env["product.product"].union(*(key[0] for key in keys)),
                self.env["stock.warehouse"].union(*(key[1] for key in keys)),
            )
        )
        receipts = {
            (product.id, warehouse.id): [
                receipt
                for day in projection[product.id, warehouse.id]
                for receipt in day["receipts"]
            ]
            for product, warehouse in keys
        }
        trusted = self._get_trusted_moves(receipts)
        return {
            key: sum(quantity for move_id, quantity in own if move_id in trusted)
            for key, own in receipts.items()
        }

    def _get_trusted_moves(self, receipts):
        moves = {move_id for own in receipts.values() for move_id, _quantity in own}
        moves = self.env["stock.move"].sudo().browse(moves)
        return set(moves.filtered(lambda move: move._is_trusted_supply()).ids)

    def _get_limit_reason(self, product, limit, beyond):
        if limit.kind != "incoming":
            return super()._get_limit_reason(product, limit, beyond)
        quantity = f"{product.uom_id.round(beyond):g} {product.uom_id.name}"
        return self.env._(
            "backorders are allowed up to the incoming quantity, %(quantity)s"
            " (%(who)s)",
            quantity=quantity,
            who=limit.source,
        )
