# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.tools import SQL

from odoo.addons.backorder_atp.models.stock_availability_source import OPEN_MOVE_STATES


class StockAvailability(models.AbstractModel):
    """Stock that is soft reserved for others cannot be promised."""

    _inherit = "stock.availability"

    def _get_part_names(self):
        return [*super()._get_part_names(), "kept", "claimed"]

    def _get_formulas(self):
        """Let an order have its soft reserved stock, ahead of other backordered orders.

        It is there unless stock was lost: what others have reserved is left out.
        """
        formulas = super()._get_formulas()
        kept = SQL(
            "(CASE WHEN hard_locks > 0 THEN 0"
            " ELSE LEAST(kept, supply - claimed - held) END)"
        )
        return {
            **formulas,
            "displayed": SQL("GREATEST(%s, %s)", formulas["displayed"], kept),
        }

    def _get_sources(self, products, excluded_orders):
        sources = super()._get_sources(products, excluded_orders)
        sources["reservation_source"] = (
            self._get_soft_reservation_query(excluded_orders),
            ["held", "kept"],
        )
        if excluded_orders and (
            reserved := self.env["stock.soft.reservation"]._filter_soft_reserved(
                products
            )
        ):
            sources["claim_source"] = (self._get_claim_query(reserved), ["claimed"])
        return sources

    def _flush_sources(self):
        self.env["stock.soft.reservation"]._flush_soft_reservations()
        self.env["backorder.override"].flush_model(["order_id", "state"])
        self.env["backorder.override.line"].flush_model(["product_id", "warehouse_id"])
        return super()._flush_sources()

    def _get_soft_reservation_query(self, excluded_orders):
        """Return what is soft reserved for others, and for the excluded orders.

        A quotation pending approval commits its whole demand: its own soft
        reservation would count twice.
        """
        return SQL(
            """
            SELECT reservation.product_id, reservation.warehouse_id,
                   SUM(reservation.remaining_quantity) FILTER (
                       WHERE NOT is_own AND NOT is_pending) AS held,
                   SUM(reservation.remaining_quantity) FILTER (WHERE is_own) AS kept
              FROM stock_soft_reservation reservation
             CROSS JOIN LATERAL (SELECT (%s) AS is_own) own
             CROSS JOIN LATERAL (SELECT EXISTS (
                   SELECT FROM backorder_override request
                     JOIN backorder_override_line line
                       ON line.override_id = request.id
                    WHERE %s
                      AND request.state = 'pending'
                      AND line.product_id = reservation.product_id
                      AND line.warehouse_id = reservation.warehouse_id) AS is_pending
                   ) pending
             WHERE reservation.product_id IN (SELECT id FROM requested_product) AND %s
             GROUP BY reservation.product_id, reservation.warehouse_id
            """,
            self._get_own_condition(excluded_orders),
            self.env["stock.soft.reservation"]._get_requested(),
            self.env["stock.soft.reservation"]._get_counting(),
        )

    def _get_own_condition(self, excluded_orders):
        """Return when ``reservation`` is for these orders, also if not stored yet."""
        orders = excluded_orders or self.env["sale.order"]
        new = orders.filtered(lambda order: not order._origin)
        sources = [
            (orders._origin, SQL("so.id"), SQL("so.partner_id = buyer.id")),
            (new.partner_id._origin, SQL("buyer.id"), SQL("FALSE")),
        ]
        conditions = [
            SQL(
                """EXISTS (SELECT FROM res_partner buyer LEFT JOIN sale_order so ON %s
                            WHERE %s = ANY(%s) AND %s)""",
                of_buyer,
                column,
                self._get_array(records),
                self.env["stock.soft.reservation"]._get_ownership(),
            )
            for records, column, of_buyer in sources
            if records
        ]
        return SQL(" OR ").join(conditions) if conditions else SQL("FALSE")

    def _get_claim_query(self, reserved):
        """Return what open outgoing moves of the warehouse have reserved."""
        return SQL(
            """
            SELECT move.product_id, place.warehouse_id,
                   SUM(line.quantity_product_uom) AS claimed
              FROM stock_move move
              JOIN stock_move_line line ON line.move_id = move.id
              JOIN place ON place.id = line.location_id AND place.is_supply
              LEFT JOIN place final ON final.id
                   = COALESCE(move.location_final_id, move.location_dest_id)
             WHERE move.product_id = ANY(%s)
               AND move.state IN %s
               AND (final.warehouse_id IS DISTINCT FROM place.warehouse_id
                    OR final.kind = 'outbound')
               AND %s
             GROUP BY move.product_id, place.warehouse_id
            """,
            self._get_array(reserved),
            OPEN_MOVE_STATES,
            self.env["stock.quant"]._get_promise_condition("line"),
        )

    # ------------------------------------------------------------------
    # Explained
    # ------------------------------------------------------------------

    def _get_documents(self, product, warehouses, order):
        documents = super()._get_documents(product, warehouses, order)
        reservations = self.env["stock.soft.reservation"].sudo()
        for reservation in reservations.search(
            self._get_soft_reservation_domain(product, warehouses, order)
        ):
            documents.setdefault(("held", reservation.warehouse_id.id), []).append(
                {
                    "label": reservation.name,
                    "quantity": reservation.remaining_quantity,
                    "date": fields.Date.to_string(reservation.expiry_date),
                }
            )
        return documents

    def _get_soft_reservation_domain(self, product, warehouses, order):
        own = (
            self.env["stock.soft.reservation"]._get_owned(order.ids, product)
            if order
            else []
        )
        return [
            ("id", "not in", [reservation.id for reservation, _order in own]),
            ("product_id", "=", product.id),
            ("warehouse_id", "in", warehouses.ids),
            ("state", "=", "active"),
            ("expiry_date", ">", fields.Datetime.now()),
        ]

    def _get_figure_records(self, name, product, warehouse, order):
        if name == "held":
            return "stock.soft.reservation", self._get_soft_reservation_domain(
                product, warehouse, order
            )
        return super()._get_figure_records(name, product, warehouse, order)
