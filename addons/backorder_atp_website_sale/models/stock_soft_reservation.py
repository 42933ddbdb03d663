# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict
from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models


class StockSoftReservation(models.Model):
    """Stock that is reserved for a cart for a limited time."""

    _inherit = "stock.soft.reservation"

    @api.model
    def _keep_cart(self, cart, minutes):
        """Reserve the available part of ``cart`` for a number of minutes.

        Soft reservations of the cart are extended; what it does not need anymore is
        released. Soft reservations made by employees are not changed.

        :param minutes: 0 neither reserves more nor extends
        """
        cart = cart.sudo().with_user(SUPERUSER_ID).with_company(cart.company_id)
        reservations = self._get_cart_reservations(cart)
        if not minutes and not reservations:
            return
        wanted = self._get_cart_wish(cart)
        claimed = reservations._get_cart_claim(wanted)
        with self.env["stock.promise.guard"]._claiming(claimed):
            reservations._keep_share(cart, wanted, minutes)

    def _get_cart_claim(self, wanted):
        """Return what a cart needs beyond these soft reservations, by product and
        warehouse ids."""
        claimed = {
            (product.id, warehouse.id): quantity
            for (product, warehouse), quantity in wanted.items()
        }
        for reservation in self:
            key = reservation.product_id.id, reservation.warehouse_id.id
            if key in claimed:
                left = claimed[key] - reservation.remaining_quantity
                claimed[key] = max(0.0, left)
        return claimed

    def _keep_share(self, cart, wanted, minutes):
        """Reserve the available part of ``wanted``; these are the soft reservations
        that the cart has already."""
        reservations = self
        share = reservations._get_cart_share(wanted, cart)
        if short := [key for key in wanted if share.get(key, 0.0) < wanted[key]]:
            self.env["stock.promise.guard"]._settle_unseen(
                {(product.id, warehouse.id) for product, warehouse in short}
            )
            share = reservations._get_cart_share(wanted, cart)
        if not minutes:
            reservations._shrink_for_cart(share)
            return
        expiry = fields.Datetime.now() + timedelta(minutes=minutes)
        missing = reservations._renew_for_cart(share, expiry)
        cart.env["stock.soft.reservation"].create(
            [
                self._prepare_cart_reservation(cart, *key, quantity, expiry)
                for key, quantity in missing.items()
            ]
        )

    @api.model
    def _get_cart_reservations(self, cart):
        """Return the soft reservations of ``cart`` by the shop; end expired ones."""
        reservations = cart.soft_reservation_ids.filtered(
            lambda reservation: (
                reservation.state == "active" and reservation.origin_model == "website"
            )
        )
        late = reservations.filtered("is_expired")
        late._settle("expired")
        return reservations - late

    @api.model
    def _get_cart_wish(self, cart):
        """Return ``{(product, warehouse): quantity}`` not reserved by employees."""
        wanted = defaultdict(float)
        for (
            _line,
            product,
            warehouse,
            quantity,
        ) in cart.order_line._get_promise_demand():
            if warehouse:
                wanted[product, warehouse] += quantity
        products = self.env["product.product"].union(*(key[0] for key in wanted))
        if not wanted or not self._filter_soft_reserved(products):
            return wanted
        for reservation, _order in self._get_owned(cart.ids, products):
            key = reservation.product_id, reservation.warehouse_id
            if key in wanted and reservation.origin_model != "website":
                wanted[key] = max(0.0, wanted[key] - reservation.remaining_quantity)
        return wanted

    def _get_cart_share(self, wanted, cart):
        """Return how much of ``wanted`` is available, own reservations included."""
        rows = (
            self.env["stock.availability"]
            .sudo()
            .get_availability(
                self.env["product.product"].union(*(key[0] for key in wanted)),
                self.env["stock.warehouse"].union(*(key[1] for key in wanted)),
                components=["atp"],
            )
        )
        free = {key: rows[key[0].id, key[1].id]["atp"] for key in wanted}
        for reservation in self:
            key = reservation.product_id, reservation.warehouse_id
            if key in free:
                free[key] += reservation.remaining_quantity
        share = {
            key: min(quantity, self._get_most_for_cart(cart, *key, quantity, free[key]))
            for key, quantity in wanted.items()
        }
        return {
            key: quantity
            for key, quantity in share.items()
            if key[0].uom_id.compare(quantity, 0) > 0
        }

    @api.model
    def _get_most_for_cart(self, cart, product, warehouse, quantity, free):
        """Return how much of ``free`` may be reserved for ``quantity`` in a cart.

        Nothing for an excessive quantity; a part for a visitor who is not logged in.
        """
        availability = self.env["stock.availability"]
        if availability._is_excessive(quantity, free, warehouse):
            return 0.0
        if cart.partner_id != cart.website_id.sudo().user_id.partner_id:
            return free
        percent = cart.website_id.promise_visitor_reservation_percent
        return min(free, max(1.0, product.uom_id.round(free * percent / 100)))

    def _shrink_for_cart(self, share):
        """Release what exceeds the share, without changing the expiry."""
        for reservation in self:
            quantity = share.get(
                (reservation.product_id, reservation.warehouse_id), 0.0
            )
            if (
                reservation.product_uom_id.compare(
                    quantity, reservation.remaining_quantity
                )
                < 0
            ):
                reservation._renew_for_cart(
                    {(reservation.product_id, reservation.warehouse_id): quantity},
                    reservation.expiry_date,
                )

    def _renew_for_cart(self, share, expiry_date):
        """Renew these for their share, end the rest; return what is missing."""
        missing = dict(share)
        for reservation in self:
            quantity = missing.pop(
                (reservation.product_id, reservation.warehouse_id), 0.0
            )
            if quantity:
                reservation._renew(quantity, max(expiry_date, reservation.expiry_date))
            else:
                reservation._settle(
                    "released", self.env._("The cart does not need it anymore")
                )
        return missing

    def _renew(self, quantity, expiry_date):
        """Reserve ``quantity`` until ``expiry_date`` from now on.

        Only for callers that have checked the availability under the guard.

        :param quantity: to reserve in addition to what was consumed
        """
        self.ensure_one()
        before, left = self.expiry_date, self.remaining_quantity
        self.write(
            {
                "quantity": self.consumed_quantity + quantity,
                "expiry_date": expiry_date,
                "partner_id": self.order_id.partner_id.id,
            }
        )
        self._log("reservation:extended", {self: before})
        if self.product_uom_id.compare(quantity, left) < 0:
            self.env["backorder.retry"]._enqueue_backordered(
                self.product_id, self.warehouse_id, f"cart:{self.order_id.name}"
            )

    @api.model
    def _prepare_cart_reservation(
        self, cart, product, warehouse, quantity, expiry_date
    ):
        return {
            "product_id": product.id,
            "warehouse_id": warehouse.id,
            "quantity": quantity,
            "order_id": cart.id,
            "origin": self.env._("Cart %s", cart.name),
            "origin_model": "website",
            "origin_id": cart.website_id.id,
            "expiry_date": expiry_date,
        }
