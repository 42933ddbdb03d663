# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.fields import Command

from odoo.addons.backorder_atp.tests.common import BackorderCommon
from odoo.addons.website_sale.tests.common import MockRequest


class ShopCommon(BackorderCommon):
    """A shop of a company in the hard phase; its warehouse is the only one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.website = cls.env["website"].create(
            {"name": "Promise Shop", "company_id": cls.company.id}
        )
        (cls.protected | cls.backorderable).write(
            {"is_published": True, "list_price": 10.0, "taxes_id": [Command.clear()]}
        )
        cls.protected.allow_out_of_stock_order = True
        cls.backorderable.allow_out_of_stock_order = False
        cls._set_stock(cls.protected, 3)
        cls._set_stock(cls.backorderable, 3)

    def _create_cart(self, *lines, **values):
        cart = self._create_order(*lines, **{"website_id": self.website.id, **values})
        return cart.with_context(website_id=self.website.id)

    def _add(self, cart, product, quantity):
        """Put a product into a cart, as the shop does."""
        request = MockRequest(self.env, website=self.website, sale_order_id=cart.id)
        with request:
            return cart._cart_add(product_id=product.id, quantity=quantity)

    def _set_quantity(self, cart, quantity):
        with MockRequest(self.env, website=self.website, sale_order_id=cart.id):
            return cart._cart_update_line_quantity(cart.order_line[:1].id, quantity)

    def _get_available(self, product):
        self.env.invalidate_all()
        return self.website._get_product_available_qty(product)

    def _is_sold_out(self, product):
        self.env.invalidate_all()
        return product.with_context(website_id=self.website.id)._is_sold_out()

    def _get_info(self, product, quantity=1.0, cart=None):
        """Return the stock figures of the product page."""
        self.env.invalidate_all()
        cart = cart or self.env["sale.order"]
        with MockRequest(
            self.env,
            website=self.website.with_context(website_id=self.website.id),
            sale_order_id=cart.id,
        ):
            return product.product_tmpl_id.with_context(
                website_id=self.website.id, website_sale_stock_get_quantity=True
            )._get_combination_info(product_id=product.id, add_qty=quantity)

    def _get_markup(self, product):
        """Return the availability for search engines."""
        with MockRequest(self.env, website=self.website):
            product = product.with_context(website_id=self.website.id)
            offers = product._to_markup_data(self.website)["offers"]
        return offers["availability"].rpartition("/")[2]
