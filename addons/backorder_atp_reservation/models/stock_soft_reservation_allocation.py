# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict
from contextlib import contextmanager

from odoo import api, fields, models
from odoo.tools import SQL, format_datetime

from odoo.addons.backorder_atp.exceptions import InsufficientStockError
from odoo.addons.backorder_atp.models.stock_availability_source import OPEN_MOVE_STATES
from odoo.addons.backorder_atp.transaction import TransactionDict, TransactionVar

# Whether anything of a product is soft reserved, by product.
SOFT_RESERVED = TransactionDict("backorder_atp.soft_reserved")
# Manually reserved quantities by product, warehouse and move.
CLAIMS = TransactionDict("backorder_atp.claims")
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

    # ------------------------------------------------------------------
    # Taken manually
    # ------------------------------------------------------------------

    @api.model
    def _record_claims(self, claims):
        """Record what was reserved manually, to be checked once all of it is done.

        Lines are split and joined in between; only their sum counts.

        :param claims: ``{(product_id, warehouse_id, move_id): quantity}``, negative
            for what was given back
        """
        cr = self.env.cr
        for key, quantity in claims.items():
            CLAIMS.put(cr, key, CLAIMS.get_all(cr).get(key, 0.0) + quantity)
        CLAIMS.work_off(cr, self.env["stock.soft.reservation"].sudo()._check_claims)

    @api.model
    def _check_claims(self):
        """Refuse, warn or record that stock soft reserved for others was taken.

        :raise InsufficientStockError: in the enforce phase, naming the soft
            reservations
        """
        claimed = defaultdict(float)
        moves = defaultdict(self.env["stock.move"].browse)
        for key, quantity in CLAIMS.take(self.env.cr).items():
            product_id, warehouse_id, move_id = key
            claimed[product_id, warehouse_id] += quantity
            moves[product_id, warehouse_id] += self.env["stock.move"].browse(move_id)
        claimed = {key: quantity for key, quantity in claimed.items() if quantity > 0}
        if not claimed:
            return
        free = self._get_free(
            self.env["product.product"].browse({key[0] for key in claimed}),
            self.env["stock.warehouse"].browse({key[1] for key in claimed}),
        )
        taken = {
            key: min(quantity, -free[key])
            for key, quantity in claimed.items()
            if self._is_taken(key, free)
        }
        self._refuse_taken(taken, moves)

    def _is_taken(self, key, free):
        uom = self.env["product.product"].browse(key[0]).uom_id
        return uom.compare(free.get(key, 0.0), 0) < 0

    @api.model
    def _refuse_taken(self, taken, moves):
        """Raise in the enforce phase, warn in the approve phase, otherwise record.

        What has already happened is recorded in every phase.
        """
        by_phase = defaultdict(dict)
        for key, quantity in taken.items():
            warehouse = self.env["stock.warehouse"].sudo().browse(key[1])
            phase = warehouse.company_id.promise_phase
            is_fact = all(move._is_physical_fact() for move in moves[key].exists())
            by_phase["fact" if is_fact and phase == "hard" else phase][key] = quantity
        if by_phase["hard"]:
            raise InsufficientStockError(
                self._get_taken_message(
                    self.env._("This stock is reserved for others:"), by_phase["hard"]
                )
            )
        if by_phase["soft"]:
            self.env["backorder.event"]._warn_user(
                self._get_taken_message(
                    self.env._("Stock reserved for others was taken:"),
                    by_phase["soft"],
                )
            )
        recorded = {**by_phase["fact"], **by_phase["soft"]}
        self._log_taken({**recorded, **by_phase["dark"]}, moves)
        for key in recorded:
            self._get_counting_soft_reservations(key)._notify_of_taken(recorded[key])

    def _notify_of_taken(self, quantity):
        """Notify the users responsible for the orders whose stock was taken."""
        for order, reservations in (
            self.filtered("order_id").grouped("order_id").items()
        ):
            company = order.company_id
            user = order.user_id or company._get_backorder_responsible()
            if not user:
                continue
            record = reservations.with_context(lang=user.lang)
            order.with_context(lang=user.lang).activity_schedule(
                "backorder_atp.mail_activity_type_alert",
                user_id=user.id,
                summary=record.env._("Reserved stock was taken"),
                note=record.env._(
                    "%(quantity)s %(unit)s of %(product)s were delivered to others"
                    " although they are reserved for this quotation.",
                    quantity=reservations.product_uom_id[:1].round(quantity),
                    unit=reservations.product_uom_id[:1].name,
                    product=reservations.product_id[:1].display_name,
                ),
            )

    def _get_taken_message(self, headline, taken):
        """Return the message with products, reservations and what to do."""
        return "\n".join(
            [
                headline,
                *(self._get_taken_line(key, taken[key]) for key in taken),
                self.env._(
                    "Reduce the quantity, or ask to release the soft reservation."
                ),
            ]
        )

    def _get_taken_line(self, key, quantity):
        product = self.env["product.product"].browse(key[0])
        reservations = self._get_counting_soft_reservations(key)
        return self.env._(
            "• %(product)s: %(quantity)s %(unit)s too many from %(warehouse)s;"
            " %(reservations)s",
            product=product.display_name,
            quantity=product.uom_id.round(quantity),
            unit=product.uom_id.name,
            warehouse=self.env["stock.warehouse"].sudo().browse(key[1]).name,
            reservations=", ".join(
                reservation._get_label() for reservation in reservations
            ),
        )

    def _get_label(self):
        """Return e.g. ``SR/00007: 3.0 for Patient Customer until Jan 5, 6:00 PM``."""
        return self.env._(
            "%(reservation)s: %(quantity)s for %(partner)s until %(expiry)s",
            reservation=self.name,
            quantity=self.product_uom_id.round(self.remaining_quantity),
            partner=self.partner_id.display_name or self.origin or self.user_id.name,
            expiry=format_datetime(self.env, self.expiry_date, dt_format="short"),
        )

    def _get_counting_soft_reservations(self, key):
        return self.sudo().search(
            [
                ("product_id", "=", key[0]),
                ("warehouse_id", "=", key[1]),
                ("state", "=", "active"),
                ("expiry_date", ">", fields.Datetime.now()),
            ]
        )

    @api.model
    def _log_taken(self, taken, moves):
        self.env["backorder.event"]._log_many(
            [
                {
                    "event_type": "reservation:taken",
                    "order": moves[key].exists()._get_promise_order()[:1],
                    "product": self.env["product.product"].browse(key[0]),
                    "warehouse": self.env["stock.warehouse"].browse(key[1]),
                    "quantity": quantity,
                    "payload": {
                        "moves": moves[key].exists().mapped("display_name"),
                        "reservations": self._get_counting_soft_reservations(
                            key
                        ).mapped("name"),
                    },
                }
                for key, quantity in taken.items()
            ]
        )
