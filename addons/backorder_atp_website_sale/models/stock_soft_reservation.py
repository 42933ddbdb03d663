# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict
from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models


class StockSoftReservation(models.Model):
    """Stock that is kept for a cart, for a time, and follows it."""

    _inherit = "stock.soft.reservation"

    @api.model
    def _keep_cart(self, cart, minutes):
        """Hold what ``cart`` asks for, as far as it is there, for so many minutes.

        What it holds already is held so much longer; what it needs no more is
        released. Holds that employees have made are left alone.

        :param minutes: 0 holds nothing more and nothing longer
        """
        cart = cart.sudo().with_user(SUPERUSER_ID).with_company(cart.company_id)
        holds = self._get_cart_reservations(cart)
        if not minutes and not holds:
            return
        wanted = self._get_cart_wish(cart)
        keys = {*wanted, *((hold.product_id, hold.warehouse_id) for hold in holds)}
        self.env["stock.promise.guard"]._touch(
            [(product.id, warehouse.id) for product, warehouse in keys]
        )
        share = holds._get_cart_share(wanted, cart)
        if not minutes:
            holds._shrink_for_cart(share)
            return
        expiry = fields.Datetime.now() + timedelta(minutes=minutes)
        missing = holds._renew_for_cart(share, expiry)
        cart.env["stock.soft.reservation"].create(
            [
                self._prepare_cart_reservation(cart, *key, quantity, expiry)
                for key, quantity in missing.items()
            ]
        )

    @api.model
    def _get_cart_reservations(self, cart):
        """Return what the shop holds for ``cart``; what has expired is ended."""
        holds = cart.soft_reservation_ids.filtered(
            lambda hold: hold.state == "active" and hold.origin_model == "website"
        )
        late = holds.filtered("is_expired")
        late._settle("expired")
        return holds - late

    @api.model
    def _get_cart_wish(self, cart):
        """Return ``{(product, warehouse): quantity}`` that nobody holds for him yet."""
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
        if not wanted or not self._filter_held(products):
            return wanted
        for hold, _order in self._get_owned(cart.ids, products):
            key = hold.product_id, hold.warehouse_id
            if key in wanted and hold.origin_model != "website":
                wanted[key] = max(0.0, wanted[key] - hold.remaining_quantity)
        return wanted

    def _get_cart_share(self, wanted, cart):
        """Return how much of ``wanted`` there is, beside what these hold already."""
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
        for hold in self:
            key = hold.product_id, hold.warehouse_id
            if key in free:
                free[key] += hold.remaining_quantity
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
        """Return how much of ``free`` a cart may keep that asks for ``quantity``.

        Nothing where that is many times what there is; part of it for a visitor
        nobody knows yet.
        """
        availability = self.env["stock.availability"]
        if availability._is_excessive(quantity, free, warehouse):
            return 0.0
        if cart.partner_id != cart.website_id.sudo().user_id.partner_id:
            return free
        percent = cart.website_id.promise_visitor_reservation_percent
        return min(free, max(1.0, product.uom_id.round(free * percent / 100)))

    def _shrink_for_cart(self, share):
        """Give back what these hold beyond their share, until when they held it."""
        for hold in self:
            quantity = share.get((hold.product_id, hold.warehouse_id), 0.0)
            if hold.product_uom_id.compare(quantity, hold.remaining_quantity) < 0:
                hold._renew_for_cart(
                    {(hold.product_id, hold.warehouse_id): quantity}, hold.expiry_date
                )

    def _renew_for_cart(self, share, expiry_date):
        """Let these hold their share, end the rest; return what none of them holds."""
        missing = dict(share)
        for hold in self:
            quantity = missing.pop((hold.product_id, hold.warehouse_id), 0.0)
            if quantity:
                hold._renew(quantity, max(expiry_date, hold.expiry_date))
            else:
                hold._settle("released", self.env._("The cart needs it no more"))
        return missing

    def _renew(self, quantity, expiry_date):
        """Hold ``quantity`` until ``expiry_date`` from now on.

        For the server alone, which has looked what there is and let nobody else
        decide meanwhile.

        :param quantity: what is to be held beside what was consumed
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
        self._log("hold:extended", {self: before})
        if self.product_uom_id.compare(quantity, left) < 0:
            self.env["backorder.retry"]._enqueue_waiting(
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
