# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict
from contextlib import contextmanager

from odoo import api, fields, models
from odoo.tools import SQL, format_datetime

from odoo.addons.backorder_atp.exceptions import InsufficientStockError
from odoo.addons.backorder_atp.models.stock_availability_source import OPEN_MOVE_STATES
from odoo.addons.backorder_atp.transaction import TransactionDict, TransactionVar

# Whether anything of a product is held, by product.
HELD = TransactionDict("backorder_atp.held")
# What was reserved by hand, by product, warehouse and move.
CLAIMS = TransactionDict("backorder_atp.claims")
# Orders, products and warehouses whose holds have been consumed for demand that is
# being launched.
CONSUMED = TransactionVar()


class StockSoftReservation(models.Model):
    """Whose a hold is, who consumes it, and what it leaves to others."""

    _inherit = "stock.soft.reservation"

    # ------------------------------------------------------------------
    # Whose it is
    # ------------------------------------------------------------------

    @api.model
    def _get_counting(self):
        """Return the SQL condition under which ``hold`` holds anything now."""
        return SQL(
            "(hold.state = 'active' AND hold.expiry_date > (now() AT TIME ZONE 'UTC'))"
        )

    @api.model
    def _get_ownership(self):
        """Return the SQL condition under which ``hold`` is for order ``so``.

        ``buyer`` is the customer of the order. A hold of an order is for it alone;
        one without an order is for any order of that customer. Extend it where
        holds come from elsewhere.
        """
        return SQL(
            "(hold.order_id = so.id OR (hold.order_id IS NULL"
            " AND hold.commercial_partner_id = buyer.commercial_partner_id))"
        )

    @api.model
    def _get_requested(self):
        """Return the SQL condition under which ``request`` is of an order of ``hold``.

        Until it is decided, that order commits what it asks for.
        """
        return SQL("request.order_id = hold.order_id")

    @api.model
    def _flush_soft_reservations(self):
        self.flush_model()
        self.env["sale.order"].flush_model(["partner_id"])
        self.env["res.partner"].flush_model(["commercial_partner_id"])

    @api.model
    def _filter_held(self, products):
        """Return those of ``products`` of which anything may be held.

        Asked wherever stock is reserved, so it is remembered until the commit.
        """
        known = HELD.get_all(self.env.cr)
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
            held = {product_id for (product_id,) in self.env.cr.fetchall()}
            HELD.put_all(self.env.cr, {id_: id_ in held for id_ in unknown})
        return products.filtered(lambda product: known.get(product.id))

    @api.model
    def _forget_held(self):
        HELD.take(self.env.cr)

    # ------------------------------------------------------------------
    # Consuming
    # ------------------------------------------------------------------

    @api.model
    @contextmanager
    def _consuming(self, orders):
        """Let ``orders`` take what is held for them; their demand replaces it.

        Within, their moves come into being and are reserved. What a hold of theirs
        has beyond their demand is released afterwards. Orders whose delivery is
        withheld keep their holds.
        """
        orders = orders.filtered(lambda order: not order._is_delivery_withheld())
        with self._remembering_consumed():
            self._consume(orders.order_line._get_promise_demand())
            yield
        orders._release_soft_reservations(self.env._("The order is confirmed"))

    @api.model
    def _remembering_consumed(self):
        """Reserve at once, whoever waits, what is launched within and was held."""
        cr = self.env.cr
        return CONSUMED.setting(cr, set(CONSUMED.get(cr) or ()))

    @api.model
    def _consume(self, demand):
        """Take from the holds that are for the orders of ``demand``."""
        consumed = set()
        for hold, order, quantity in list(self._match(demand)):
            hold._take(quantity, order)
            consumed.add((order.id, hold.product_id.id, hold.warehouse_id.id))
        remembered = CONSUMED.get(self.env.cr)
        if remembered is not None:
            remembered |= consumed

    @api.model
    def _get_coverage(self, demand):
        """Return what is held for the orders of ``demand``, as far as they ask for it.

        :return: ``{(order_id, product_id, warehouse_id): quantity}``
        """
        coverage = defaultdict(float)
        for hold, order, quantity in self._match(demand):
            coverage[order.id, hold.product_id.id, hold.warehouse_id.id] += quantity
        return coverage

    @api.model
    def _match(self, demand):
        """Yield ``(hold, order, quantity)`` of what is held for ``demand``.

        Holds of the order itself come first, then those of its customer, the next
        to expire before the others.

        :param demand: as from ``sale.order.line._get_promise_demand``
        """
        wanted = defaultdict(float)
        for line, product, warehouse, quantity in demand:
            if order := line.order_id._origin:
                wanted[order.id, product.id, warehouse.id] += quantity
        products = self.env["product.product"].browse({key[1] for key in wanted})
        if not self._filter_held(products):
            return
        left = {}
        for hold, order in self._get_owned({key[0] for key in wanted}, products):
            key = (order.id, hold.product_id.id, hold.warehouse_id.id)
            left.setdefault(hold, hold.remaining_quantity)
            quantity = min(left[hold], wanted[key])
            if hold.product_uom_id.compare(quantity, 0) > 0:
                wanted[key] -= quantity
                left[hold] -= quantity
                yield hold, order, quantity

    @api.model
    def _get_owned(self, order_ids, products):
        """Return ``[(hold, order)]`` of what is held for these orders."""
        self._flush_soft_reservations()
        self.env.cr.execute(
            SQL(
                """
                SELECT hold.id, so.id
                  FROM stock_soft_reservation hold
                  JOIN sale_order so ON so.id = ANY(%s)
                  JOIN res_partner buyer ON buyer.id = so.partner_id
                 WHERE hold.product_id = ANY(%s) AND %s AND %s
                 ORDER BY hold.order_id IS NULL, hold.expiry_date, hold.id, so.id
                """,
                list(order_ids),
                products.ids,
                self._get_counting(),
                self._get_ownership(),
            )
        )
        rows = self.env.cr.fetchall()
        holds = self.sudo().browse(
            [reservation_id for reservation_id, _order_id in rows]
        )
        orders = self.env["sale.order"].browse(
            [order_id for _hold_id, order_id in rows]
        )
        return list(zip(holds, orders, strict=True))

    def _take(self, quantity, order):
        """Let ``order`` consume ``quantity`` of this hold."""
        self.consumed_quantity += quantity
        if self.product_uom_id.is_zero(self.remaining_quantity):
            self.write({"state": "consumed", "release_date": fields.Datetime.now()})
        self.env["backorder.event"]._log(
            "hold:consumed",
            order=order,
            product=self.product_id,
            warehouse=self.warehouse_id,
            quantity=quantity,
            payload=self._prepare_payload(),
        )

    # ------------------------------------------------------------------
    # What is left to others
    # ------------------------------------------------------------------

    @api.model
    def _get_free(self, products, warehouses):
        """Return what may still be reserved without touching what is held.

        The stock that can be promised, less what leaving moves have reserved, less
        what is held. An order consumes its holds before it has any moves, so that
        whatever is held by then is somebody else's.

        :return: ``{(product_id, warehouse_id): quantity}`` in the product's unit,
            below zero where stock was lost; only where anything is held
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
        """What transfers within the warehouse reserve stays there: it is added back."""
        return SQL(
            """
            WITH held AS (
                SELECT hold.product_id, hold.warehouse_id,
                       SUM(hold.remaining_quantity) AS quantity
                  FROM stock_soft_reservation hold
                 WHERE hold.product_id = ANY(%(products)s)
                   AND hold.warehouse_id = ANY(%(warehouses)s)
                   AND %(counting)s
                 GROUP BY hold.product_id, hold.warehouse_id
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
    # Taken by hand
    # ------------------------------------------------------------------

    @api.model
    def _record_claims(self, claims):
        """Remember what was reserved by hand, to be judged when all of it is done.

        Lines are split and joined on the way; what counts is their sum.

        :param claims: ``{(product_id, warehouse_id, move_id): quantity}``, below
            zero for what was given back
        """
        cr = self.env.cr
        for key, quantity in claims.items():
            CLAIMS.put(cr, key, CLAIMS.get_all(cr).get(key, 0.0) + quantity)
        CLAIMS.work_off(cr, self.env["stock.soft.reservation"].sudo()._check_claims)

    @api.model
    def _check_claims(self):
        """Refuse, warn of or record what was taken of the stock held for others.

        :raise InsufficientStockError: in the hard phase, naming the holds
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
        """Raise in the hard phase, warn in the soft one, record in both others.

        What has happened already is recorded in any of them.
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
                    self.env._("This stock is held for others:"), by_phase["hard"]
                )
            )
        if by_phase["soft"]:
            self.env["backorder.event"]._warn_user(
                self._get_taken_message(
                    self.env._("Stock was taken that is held for others:"),
                    by_phase["soft"],
                )
            )
        told = {**by_phase["fact"], **by_phase["soft"]}
        self._log_taken({**told, **by_phase["dark"]}, moves)
        for key in told:
            self._get_counting_soft_reservations(key)._notify_of_taken(told[key])

    def _notify_of_taken(self, quantity):
        """Tell who looks after the orders these holds are for, what was taken."""
        for order, holds in self.filtered("order_id").grouped("order_id").items():
            company = order.company_id
            user = order.user_id or company._get_backorder_responsible()
            if not user:
                continue
            speaker = holds.with_context(lang=user.lang)
            order.with_context(lang=user.lang).activity_schedule(
                "backorder_atp.mail_activity_type_alert",
                user_id=user.id,
                summary=speaker.env._("Held stock was taken"),
                note=speaker.env._(
                    "%(quantity)s %(unit)s of %(product)s that are held went out.",
                    quantity=holds.product_uom_id[:1].round(quantity),
                    unit=holds.product_uom_id[:1].name,
                    product=holds.product_id[:1].display_name,
                ),
            )

    def _get_taken_message(self, headline, taken):
        """Return one message: every product, the holds concerned, and what to do."""
        return "\n".join(
            [
                headline,
                *(self._get_taken_line(key, taken[key]) for key in taken),
                self.env._("Take less, or ask for the hold to be released."),
            ]
        )

    def _get_taken_line(self, key, quantity):
        product = self.env["product.product"].browse(key[0])
        holds = self._get_counting_soft_reservations(key)
        return self.env._(
            "• %(product)s: %(quantity)s %(unit)s too many from %(warehouse)s;"
            " %(holds)s",
            product=product.display_name,
            quantity=product.uom_id.round(quantity),
            unit=product.uom_id.name,
            warehouse=self.env["stock.warehouse"].sudo().browse(key[1]).name,
            holds=", ".join(hold._get_label() for hold in holds),
        )

    def _get_label(self):
        """Return e.g. ``HOLD/00007: 3.0 for Patient Customer until today at six``."""
        return self.env._(
            "%(hold)s: %(quantity)s for %(partner)s until %(expiry)s",
            hold=self.name,
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
                    "event_type": "hold:taken",
                    "order": moves[key].exists()._get_promise_order()[:1],
                    "product": self.env["product.product"].browse(key[0]),
                    "warehouse": self.env["stock.warehouse"].browse(key[1]),
                    "quantity": quantity,
                    "payload": {
                        "moves": moves[key].exists().mapped("display_name"),
                        "holds": self._get_counting_soft_reservations(key).mapped(
                            "name"
                        ),
                    },
                }
                for key, quantity in taken.items()
            ]
        )
