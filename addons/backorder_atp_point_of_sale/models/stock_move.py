# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models

from odoo.addons.backorder_atp.models.stock_availability_source import OPEN_MOVE_STATES


class StockMove(models.Model):
    """Orders shipped later only reserve stock that is not promised to other orders.

    They were paid without a check. Missing quantities are backordered; a user may still
    enter the quantity on the delivery.
    """

    _inherit = "stock.move"

    def _get_reservable(self, location, need):
        need = super()._get_reservable(location, need)
        if need > 0 and self._is_shipped_later(location):
            return min(need, self._get_left_for_pos(location.warehouse_id))
        return need

    def _is_shipped_later(self, location):
        """Whether this ships promisable stock for a point of sale order."""
        return bool(
            self.picking_id.sudo().pos_order_id.shipping_date
            and not self._is_physical_fact()
            and self._takes_promisable_stock(location)
            and not self._may_be_backordered(location.warehouse_id)
        )

    def _may_be_backordered(self, warehouse):
        policies = self.env["stock.policy"]._get_warehouse_policies(
            self.product_id, warehouse
        )
        return policies[self.product_id.id, warehouse.id][0]

    def _get_left_for_pos(self, warehouse):
        """Return what may be reserved without taking stock promised to other orders."""
        product = self.product_id
        moves = self.sudo().search(
            [
                ("product_id", "=", product.id),
                ("location_id.warehouse_id", "=", warehouse.id),
                ("state", "in", OPEN_MOVE_STATES),
                ("picking_id.pos_order_id", "!=", False),
            ]
        )
        moves = moves.filtered(lambda move: move._is_shipped_later(move.location_id))
        settled = self.picking_id.sudo().pos_order_id._get_settled_orders()
        availability = (
            self.env["stock.availability"]
            .sudo()
            .get_availability(product, warehouse, settled)
        )
        demand = sum(moves.mapped("product_qty"))
        reserved = sum(move._get_reserved_product_qty() for move in moves)
        return availability[product.id, warehouse.id]["atp"] + demand - reserved
