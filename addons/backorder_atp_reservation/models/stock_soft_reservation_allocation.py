# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict
from contextlib import contextmanager

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.backorder_atp.models.stock_availability_source import OPEN_MOVE_STATES
from odoo.addons.backorder_atp.transaction import TransactionDict, TransactionVar

# Whether anything of a product is soft reserved, by product.
SOFT_RESERVED = TransactionDict("backorder_atp.soft_reserved")
# Orders, products and warehouses whose soft reservations have been consumed for demand
# that is being launched.
CONSUMED = TransactionVar()


class StockSoftReservation(models.Model):
    """Which orders own and consume soft reservations, and what is left to others."""

    _inherit = "stock.soft.reservation"

    # ------------------------------------------------------------------
    # Ownership
    # ------------------------------------------------------------------

    @api.model
    def _get_counting(self):
        """Return the SQL condition under which ``reservation`` counts now."""
        return SQL(
            "(reservation.state = 'active'"
            " AND reservation.expiry_date > (now() AT TIME ZONE 'UTC'))"
        )

    @api.model
    def _get_ownership(self):
        """Return the SQL condition under which ``reservation`` is for order ``so``.

        ``buyer`` is the customer of the order. A soft reservation with an order is
        only for this order; one without is for any order of its customer. Extend this
        for soft reservations from other sources.
        """
        return SQL(
            "(reservation.order_id = so.id OR (reservation.order_id IS NULL"
            " AND reservation.commercial_partner_id = buyer.commercial_partner_id))"
        )

    @api.model
    def _get_requested(self):
        """Return the SQL condition linking ``request`` to an order of ``reservation``.

        Until the decision, that order commits its whole demand.
        """
        return SQL("request.order_id = reservation.order_id")

    @api.model
    def _flush_soft_reservations(self):
        self.flush_model()
        self.env["sale.order"].flush_model(["partner_id"])
        self.env["res.partner"].flush_model(["commercial_partner_id"])

    @api.model
    def _filter_soft_reserved(self, products):
        """Return those of ``products`` that may have active soft reservations.

        Called wherever stock is reserved, so the answer is cached until the commit.
        """
        known = SOFT_RESERVED.get_all(self.env.cr)
        unknown = [id_ for id_ in products.ids if id_ not in known]
        if unknown:
            self.flush_model(["product_id", "state"])
            self.env.cr.execute(
                SQL(
                    "SELECT DISTINCT product_id FROM stock_soft_reservation"
                    " WHERE state = 'active' AND product_id = ANY(%s)",
                    unknown,
                )
            )
            reserved = {product_id for (product_id,) in self.env.cr.fetchall()}
            SOFT_RESERVED.put_all(
                self.env.cr, {id_: id_ in reserved for id_ in unknown}
            )
        return products.filtered(lambda product: known.get(product.id))

    @api.model
    def _forget_soft_reserved(self):
        SOFT_RESERVED.take(self.env.cr)

    # ------------------------------------------------------------------
    # Consuming
    # ------------------------------------------------------------------

    @api.model
    @contextmanager
    def _consuming(self, orders):
        """Let ``orders`` consume their soft reservations; their demand replaces them.

        Within the context, their moves are created and reserved. What exceeds their
        demand is released afterwards. Orders whose delivery is withheld keep their
        soft reservations.
        """
        orders = orders.filtered(lambda order: not order._is_delivery_withheld())
        with self._remembering_consumed():
            self._consume(orders.order_line._get_promise_demand())
            yield
        orders._release_soft_reservations(self.env._("The order is confirmed"))

    @api.model
    def _remembering_consumed(self):
        """Reserve consumed stock ahead of the queue within the context."""
        cr = self.env.cr
        return CONSUMED.setting(cr, set(CONSUMED.get(cr) or ()))

    @api.model
    def _consume(self, demand):
        """Consume the soft reservations for the orders of ``demand``."""
        consumed = set()
        for reservation, order, quantity in list(self._match(demand)):
            reservation._take(quantity, order)
            consumed.add(
                (order.id, reservation.product_id.id, reservation.warehouse_id.id)
            )
        remembered = CONSUMED.get(self.env.cr)
        if remembered is not None:
            remembered |= consumed

    @api.model
    def _get_coverage(self, demand):
        """Return what is reserved for the orders of ``demand``, up to their demand.

        :return: ``{(order_id, product_id, warehouse_id): quantity}``
        """
        coverage = defaultdict(float)
        for reservation, order, quantity in self._match(demand):
            coverage[
                order.id, reservation.product_id.id, reservation.warehouse_id.id
            ] += quantity
        return coverage

    @api.model
    def _match(self, demand):
        """Yield ``(reservation, order, quantity)`` of what is reserved for ``demand``.

        Soft reservations of the order come first, then those of its customer, each by
        their expiry.

        :param demand: as from ``sale.order.line._get_promise_demand``
        """
        wanted = defaultdict(float)
        for line, product, warehouse, quantity in demand:
            if order := line.order_id._origin:
                wanted[order.id, product.id, warehouse.id] += quantity
        products = self.env["product.product"].browse({key[1] for key in wanted})
        if not self._filter_soft_reserved(products):
            return
        left = {}
        for reservation, order in self._get_owned({key[0] for key in wanted}, products):
            key = (order.id, reservation.product_id.id, reservation.warehouse_id.id)
            left.setdefault(reservation, reservation.remaining_quantity)
            quantity = min(left[reservation], wanted[key])
            if reservation.product_uom_id.compare(quantity, 0) > 0:
                wanted[key] -= quantity
                left[reservation] -= quantity
                yield reservation, order, quantity

    @api.model
    def _get_owned(self, order_ids, products):
        """Return ``[(reservation, order)]`` for these orders."""
        self._flush_soft_reservations()
        self.env.cr.execute(
            SQL(
                """
                SELECT reservation.id, so.id
                  FROM stock_soft_reservation reservation
                  JOIN sale_order so ON so.id = ANY(%s)
                  JOIN res_partner buyer ON buyer.id = so.partner_id
                 WHERE reservation.product_id = ANY(%s) AND %s AND %s
                 ORDER BY reservation.order_id IS NULL, reservation.expiry_date,
                          reservation.id, so.id
                """,
                list(order_ids),
                products.ids,
                self._get_counting(),
                self._get_ownership(),
            )
        )
        rows = self.env.cr.fetchall()
        reservations = self.sudo().browse(
            [reservation_id for reservation_id, _order_id in rows]
        )
        orders = self.env["sale.order"].browse(
            [order_id for _reservation_id, order_id in rows]
        )
        return list(zip(reservations, orders, strict=True))

    def _take(self, quantity, order):
        """Let ``order`` consume ``quantity`` of this soft reservation."""
        self.consumed_quantity += quantity
        if self.product_uom_id.is_zero(self.remaining_quantity):
            self.write({"state": "consumed", "release_date": fields.Datetime.now()})
        self.env["backorder.event"]._log(
            "reservation:consumed",
            order=order,
            product=self.product_id,
            warehouse=self.warehouse_id,
            quantity=quantity,
            payload=self._prepare_payload(),
        )

    # ------------------------------------------------------------------
    # Left for others
    # ------------------------------------------------------------------

    @api.model
    def _get_free(self, products, warehouses):
        """Return what can still be reserved without taking soft reserved stock.

        The stock that can be promised, less what outgoing moves have reserved, less
        what is soft reserved. An order consumes its soft reservations before it has
        any moves, so that the remaining ones belong to others.

        :return: ``{(product_id, warehouse_id): quantity}`` in the product's unit,
            negative where stock was lost; only where anything is soft reserved
        """
        self._flush_soft_reservations()
        self.env["stock.availability"]._flush_sources()
        self.env.cr.execute(self._get_free_query(products, warehouses))
        return {
            (product_id, warehouse_id): free
            for product_id, warehouse_id, free in self.env.cr.fetchall()
        }

    @api.model
    def _get_free_query(self, products, warehouses):
        """Add back what transfers within the warehouse have reserved."""
        return SQL(
            """
            WITH held AS (
                SELECT reservation.product_id, reservation.warehouse_id,
                       SUM(reservation.remaining_quantity) AS quantity
                  FROM stock_soft_reservation reservation
                 WHERE reservation.product_id = ANY(%(products)s)
                   AND reservation.warehouse_id = ANY(%(warehouses)s)
                   AND %(counting)s
                 GROUP BY reservation.product_id, reservation.warehouse_id
            ), supply AS (
                %(unreserved)s
                 UNION ALL
                SELECT move.product_id, place.warehouse_id, line.quantity_product_uom
                  FROM stock_move move
                  JOIN stock_move_line line ON line.move_id = move.id
                  JOIN stock_location place ON place.id = line.location_id
                  JOIN stock_location final ON final.id
                       = COALESCE(move.location_final_id, move.location_dest_id)
                 WHERE move.product_id = ANY(%(products)s)
                   AND move.state IN %(open)s
                   AND place.warehouse_id = ANY(%(warehouses)s)
                   AND final.warehouse_id = place.warehouse_id
                   AND place.availability_kind IN ('pickable', 'inbound')
                   AND final.availability_kind IN ('pickable', 'inbound')
                   AND %(promised)s
            )
            SELECT held.product_id, held.warehouse_id,
                   (COALESCE((SELECT SUM(supply.quantity) FROM supply
                               WHERE supply.product_id = held.product_id
                                 AND supply.warehouse_id = held.warehouse_id), 0)
                    - held.quantity)::float8
              FROM held
            """,
            products=products.ids,
            warehouses=warehouses.ids,
            counting=self._get_counting(),
            unreserved=self.env["stock.availability"]._get_unreserved_query(
                products, warehouses, ("pickable", "inbound")
            ),
            promised=self.env["stock.quant"]._get_promise_condition("line"),
            open=OPEN_MOVE_STATES,
        )
