# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.tools import SQL

REQUEST_STATES = ("draft", "sent", "to approve")


class BackorderSupply(models.AbstractModel):
    """Requests for quotation and purchases as supply."""

    _inherit = "backorder.supply"

    def _get_supply_queries(self, products, warehouses):
        return [
            self._get_request_query(products, warehouses),
            *super()._get_supply_queries(products, warehouses),
        ]

    def _get_supply_line(self):
        return SQL("move.purchase_line_id")

    def _flush_supply(self):
        self.env["purchase.order"].flush_model(["state", "picking_type_id"])
        self.env["purchase.order.line"].flush_model(
            [
                "product_id",
                "product_uom_qty",
                "date_planned",
                "order_id",
                "orderpoint_id",
                "location_final_id",
                "move_dest_ids",
            ]
        )
        self.env["stock.move"].flush_model(["purchase_line_id"])
        return super()._flush_supply()

    def _get_request_query(self, products, warehouses):
        """Purchases that are not confirmed or approved yet."""
        return SQL(
            """
            SELECT line.product_id, place.warehouse_id, 'request' AS kind,
                   line.product_uom_qty::float8 AS quantity,
                   line.date_planned AS date,
                   line.id AS line_id, NULL::integer AS move_id
              FROM purchase_order_line line
              JOIN purchase_order purchase ON purchase.id = line.order_id
              JOIN stock_picking_type type ON type.id = purchase.picking_type_id
              LEFT JOIN stock_warehouse_orderpoint orderpoint
                ON orderpoint.id = line.orderpoint_id
              LEFT JOIN stock_location final ON final.id = line.location_final_id
             CROSS JOIN LATERAL (
                   SELECT COALESCE(orderpoint.warehouse_id, final.warehouse_id,
                                   type.warehouse_id) AS warehouse_id) place
             WHERE line.product_id = ANY(%(products)s)
               AND place.warehouse_id = ANY(%(warehouses)s)
               AND purchase.state IN %(states)s
               AND type.code = 'incoming'
               AND NOT EXISTS (
                   SELECT FROM stock_move_created_purchase_line_rel rel
                     JOIN stock_move later ON later.id = rel.move_id
                    WHERE rel.created_purchase_line_id = line.id AND %(dedicated)s)
            """,
            products=products.ids,
            warehouses=warehouses.ids,
            states=REQUEST_STATES,
            dedicated=self._get_dedicated_condition(),
        )
