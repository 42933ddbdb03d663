# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.http import request

RESERVATION_FIELDS = (
    "promise_cart_reservation_minutes",
    "promise_payment_reservation_minutes",
)


class Website(models.Model):
    """A shop that sells what can be promised."""

    _inherit = "website"

    promise_cart_reservation_minutes = fields.Integer(
        "Reserve Stock for Carts",
        help="The number of minutes after its last change for which the products of a"
        " cart are reserved. 0: nothing is reserved for carts.",
    )
    promise_payment_reservation_minutes = fields.Integer(
        "Reserve Stock While Paying",
        default=15,
        help="The number of minutes for which stock is reserved while a customer pays."
        " 0: the first payment gets the stock, later paid orders need an approval.",
    )
    promise_visitor_reservation_percent = fields.Integer(
        "Visitor Limit (%)",
        default=50,
        help="The share of the available quantity that can be reserved for the cart of"
        " a visitor who is not logged in, at least one unit, until an address is"
        " entered.",
    )
    promise_show_dates = fields.Boolean(
        "Show Promised Dates",
        default=True,
        help="Show when products sold beyond stock will be available.",
    )

    @api.constrains(*RESERVATION_FIELDS)
    def _check_reservation_minutes(self):
        for website in self:
            longest = website.company_id.sudo().soft_reservation_max_duration * 60
            if any(not 0 <= website[name] <= longest for name in RESERVATION_FIELDS):
                raise ValidationError(
                    self.env._(
                        "Enter between 0 and %(longest)d minutes, the longest"
                        " reservation of %(company)s.",
                        longest=longest,
                        company=website.company_id.sudo().name,
                    )
                )

    @api.constrains("promise_visitor_reservation_percent")
    def _check_visitor_reservation_percent(self):
        if any(
            not 0 <= site.promise_visitor_reservation_percent <= 100 for site in self
        ):
            raise ValidationError(
                self.env._("The limit for visitors must be between 0 and 100 percent.")
            )

    def _is_promise_kept(self):
        """Whether this shop sells only what can be promised; not when monitoring."""
        return bool(self) and self.sudo().company_id.promise_phase != "dark"

    def _get_promise_order(self):
        """Return the shopper's cart, or a new order of this shop, not stored.

        Its warehouse is the one that the order will get.
        """
        self.ensure_one()
        cart = getattr(request, "cart", None) if request else None
        if cart and cart.website_id == self:
            return cart.sudo()
        return self._new_promise_order()

    def _new_promise_order(self):
        """Return an order that this visitor could place, not stored."""
        website = self.sudo()
        orders = self.env["sale.order"].sudo().with_company(website.company_id)
        return orders.new(
            {
                "company_id": website.company_id.id,
                "partner_id": website._get_promise_customer().id,
                "team_id": website.salesteam_id.id,
                "website_id": website.id,
            }
        )

    def _get_promise_customer(self):
        """Return the customer, whose soft reservations count as available."""
        user = self.env.user
        return (self.user_id if user._is_public() else user).partner_id

    def _get_product_available_qty(self, product, **kwargs):
        """Return what the shopper can buy, or what is in stock if more can be bought.

        From the warehouse that the order will get, in the product's unit; never
        negative.
        """
        if not self._is_promise_kept():
            return super()._get_product_available_qty(product, **kwargs)
        return product._in_shop(self).shop_available_qty
